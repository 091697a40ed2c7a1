"""Every shipped policy: in audit, in both languages, with cases at its boundaries, in Python and in SQL alike."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from syncagent.domain.time import day_number
from syncagent.hygiene import Policy, evaluate, load_cases, load_policy, run_cases
from syncagent.hygiene.cases import RECORD_ID, case_context, case_record, differences
from syncagent.hygiene.load_cases import TODAY
from syncagent.hygiene.policy import Case
from tests.hygiene.conftest import DAY_US, ROOT, Ask, Row, Step, activity_rows

FILES = sorted((ROOT / "policies").glob("*.yaml"))


def read(file: Path) -> Policy:
    return load_policy(file.read_text("utf-8"), file.name)


def cases_of(policy: Policy) -> tuple[Case, ...]:
    file = ROOT / "tests" / "cases" / "policies" / f"{policy.name}.yaml"
    return load_cases(file.read_text("utf-8"), file.name, policy) if file.exists() else ()


EVERY = [(policy, case) for policy in map(read, FILES) for case in (*policy.cases, *cases_of(policy))]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_shipped_policy_is_in_audit_and_named_like_its_file(file: Path) -> None:
    policy = read(file)
    assert policy.mode == "audit"
    assert policy.name == file.stem
    assert policy.cases


@pytest.mark.parametrize(("policy", "case"), EVERY, ids=[f"{policy.name}: {case.name}" for policy, case in EVERY])
def test_a_case_holds_without_a_database(policy: Policy, case: Case) -> None:
    assert [str(failure) for failure in run_cases(policy, [case]) if failure.case == case.name] == []


@pytest.mark.parametrize(("policy", "case"), EVERY, ids=[f"{policy.name}: {case.name}" for policy, case in EVERY])
def test_a_case_holds_over_the_views(policy: Policy, case: Case, ask: Ask) -> None:
    record = case_record(policy, case)
    rows, ties = activity_rows(policy.view, RECORD_ID, case.activities)
    others: dict[str, list[Row]] = {**rows, "users": [], "hubspot_contacts": []}
    twins: list[Row] = []
    if policy.over == "leads":
        record = {**record, "owner_id": "005A"}
        others["users"] = [{"id": "005A", "department": record.get("owner_department")}]
        twins = [{"id": "9", "qualified_day": record.get("handed_day")}]
    found = ask(
        policy,
        TODAY,
        [record],
        steps=list(steps_of(policy, case, record)),
        links=[(RECORD_ID, "9")],
        deals=twins,
        others=others,
        associations=ties,
    )
    for row in found:
        row["_counterpart"] = None
    assert list(differences(policy, case, evaluate(policy, found, case_context(policy, case)))) == []


def steps_of(policy: Policy, case: Case, record: Row) -> Iterator[Step]:
    """Write the stage history a case speaks of: the close and the reopening, a further move, the present stay."""
    if case.age_days is None:
        return
    today, stage = day_number(TODAY), str(record["stage"])
    days = [(today - case.age_days, stage)]
    if case.closed_days_ago is not None and policy.action.close is not None:
        closed_on = today - case.closed_days_ago
        reopened = [(closed_on + 1, "P1")] if case.moved_since else []
        days = [(closed_on, policy.action.close.stage), *reopened, *days]
    for day, name in days:
        yield RECORD_ID, name, day * DAY_US, day
