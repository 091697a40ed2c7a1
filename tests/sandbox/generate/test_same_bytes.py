"""The same seed and size give the same bytes, in any process."""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

from syncagent.sandbox.generate import generate

SCRIPT = """
import pathlib, sys
from syncagent.sandbox.generate import generate
generate(pathlib.Path(sys.argv[1]), seed=7, contacts=60)
"""


def digest(folder: Path) -> str:
    whole = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            whole.update(str(path.relative_to(folder)).encode() + path.read_bytes())
    return whole.hexdigest()


@pytest.mark.parametrize("hash_seed", ["0", "4711"])
def test_other_processes_write_the_same_bytes(tmp_path: Path, hash_seed: str) -> None:
    here, there = tmp_path / "here", tmp_path / "there"
    generate(here, seed=7, contacts=60)
    environment = {**os.environ, "PYTHONHASHSEED": hash_seed, "TZ": "America/New_York"}
    subprocess.run([sys.executable, "-c", SCRIPT, str(there)], check=True, env=environment)
    assert digest(there) == digest(here)


def test_generating_again_over_an_old_folder_leaves_nothing_of_it(tmp_path: Path) -> None:
    generate(tmp_path / "a", seed=7, contacts=90)
    generate(tmp_path / "a", seed=7, contacts=60)
    generate(tmp_path / "b", seed=7, contacts=60)
    assert digest(tmp_path / "a") == digest(tmp_path / "b")


def test_another_seed_gives_another_org(tmp_path: Path) -> None:
    generate(tmp_path / "a", seed=7, contacts=60)
    generate(tmp_path / "b", seed=8, contacts=60)
    assert digest(tmp_path / "a") != digest(tmp_path / "b")


@pytest.mark.parametrize("contacts", [0, 19, 200_001])
def test_a_size_out_of_range_is_refused_with_the_range(tmp_path: Path, contacts: int) -> None:
    with pytest.raises(ValueError, match="20 to 200,000"):
        generate(tmp_path / "org", contacts=contacts)
    assert not (tmp_path / "org").exists()
