"""Everything but the staff grows with the number of contacts."""

from pathlib import Path

import pytest

from syncagent.sandbox.generate import Summary, generate
from tests.sandbox.generate.reading import Generated

EXACT = {"Contact": 1.0, "Lead": 0.5, "Opportunity": 0.2}


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Summary:
    return generate(tmp_path_factory.mktemp("large"), seed=7, contacts=4800)


@pytest.mark.parametrize("name", sorted(EXACT))
@pytest.mark.parametrize("contacts", [20, 61, 300])
def test_contacts_leads_and_opportunities_come_in_exact_numbers(tmp_path: Path, name: str, contacts: int) -> None:
    rows = generate(tmp_path, contacts=contacts).rows
    assert rows[name] == int(contacts * EXACT[name])


def test_a_fourfold_org_has_four_times_the_rows(org: Generated, large: Summary) -> None:
    for name, count in org.summary.rows.items():
        if name == "User":
            assert large.rows[name] == count
        elif name == "Campaign":  # the fiscal years above them are there once
            assert 3 < large.rows[name] / count < 4
        else:
            assert large.rows[name] / count == pytest.approx(4, rel=0.12 if count > 200 else 0.3), name


def test_dirt_keeps_its_share(org: Generated, large: Summary) -> None:
    for kind, count in org.summary.planted.items():
        if kind.startswith(("stage_unchanged_8", "stage_unchanged_90", "no_next_action_", "hold_")):
            assert large.planted[kind] == 4 * count, kind
        elif count >= 20:
            assert large.planted[kind] / count == pytest.approx(4, rel=0.5), kind


def test_the_summary_and_the_truth_count_what_is_in_the_files(org: Generated) -> None:
    files = {**org.salesforce, **org.hubspot}
    assert {name: len(rows) for name, rows in files.items()} == dict(org.summary.rows) == org.truth["rows"]
    counts = {kind: entry["count"] for kind, entry in org.truth["planted"].items()}
    assert counts == dict(org.summary.planted)
    assert all(entry["count"] == len(entry["items"]) for entry in org.truth["planted"].values())
