"""The dataset folder: read, written, the same bytes again, and refused in words."""

from pathlib import Path

import pytest

from syncagent.sandbox.dataset import Dataset, DatasetError, load_dataset, save_dataset
from syncagent.sandbox.org import OrgFile

SAMPLE = Dataset(
    {"version": 1, "clock": {"now": "2026-11-16T08:00:00+09:00", "tick_seconds": 1}, "zone": "Asia/Tokyo"},
    {"Lead": [{"LastName": "青空", "Company": "株式会社 青空"}], "Empty": []},
    {"contacts": [{"id": "1", "properties": {"email": "a@example.jp"}}]},
    [{"from": "contacts/1", "to": "companies/2"}],
)


def _bytes(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_the_same_dataset_gives_the_same_bytes(tmp_path: Path) -> None:
    save_dataset(SAMPLE, tmp_path / "a")
    loaded = load_dataset(tmp_path / "a")
    save_dataset(loaded, tmp_path / "b")
    assert _bytes(tmp_path / "a") == _bytes(tmp_path / "b")
    assert sorted(_bytes(tmp_path / "a")) == [
        "hubspot/associations.jsonl",
        "hubspot/contacts.jsonl",
        "org.yaml",
        "salesforce/Lead.jsonl",
    ]
    assert (loaded.org, loaded.hubspot, loaded.associations) == (SAMPLE.org, SAMPLE.hubspot, SAMPLE.associations)
    assert "青空" in (tmp_path / "a/salesforce/Lead.jsonl").read_text("utf-8")


def test_a_bare_moment_in_yaml_keeps_its_zone(tmp_path: Path) -> None:
    (tmp_path / "org.yaml").write_text("version: 1\nclock: {now: 2026-11-16T08:00:00+09:00}\n", "utf-8")
    assert OrgFile.parse(load_dataset(tmp_path).org).now.timestamp() == 1794783600.0


@pytest.mark.parametrize("name", ["README.md", ".gitkeep", "sandbox.env", "truth.json", "salesforce/.hidden"])
def test_files_beside_the_data(tmp_path: Path, name: str) -> None:
    save_dataset(SAMPLE, tmp_path)
    (tmp_path / name).write_text("x", "utf-8")
    assert load_dataset(tmp_path).salesforce == {"Lead": SAMPLE.salesforce["Lead"]}


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("notes.txt", "x", "notes.txt: not part of the dataset format; legal are org.yaml"),
        ("hubspot/planets.jsonl", "{}", "planets.jsonl: not part of the dataset format"),
        ("salesforce/bad name.jsonl", "{}", "not part of the dataset format"),
        ("salesforce/deep/Lead.jsonl", "{}", "not part of the dataset format"),
        ("salesforce/Lead.csv", "{}", "not part of the dataset format"),
        ("salesforce/Lead.jsonl", '{"a": 1}\n\n{"a": \n', r"Lead\.jsonl:3: not JSON"),
        ("salesforce/Lead.jsonl", "[1]\n", r"Lead\.jsonl:1: a JSON object is expected"),
        ("org.yaml", "a: [", r"org\.yaml: not YAML"),
        ("org.yaml", "- a", r"org\.yaml: keys and values are expected"),
    ],
)
def test_refused(tmp_path: Path, name: str, text: str, words: str) -> None:
    save_dataset(SAMPLE, tmp_path)
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_text(text, "utf-8")
    with pytest.raises(DatasetError, match=words):
        load_dataset(tmp_path)


def test_a_folder_without_org(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=r"there is no org\.yaml; a dataset folder holds"):
        load_dataset(tmp_path)
