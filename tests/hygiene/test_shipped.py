"""Every shipped policy: in audit, in both languages, with cases at its boundaries, in Python and in SQL alike."""

from __future__ import annotations

from pathlib import Path

import pytest

from syncagent.domain.time import day_number
from syncagent.hygiene import Policy, evaluate, load_cases, load_policy, run_cases
from syncagent.hygiene.cases import RECORD_ID, TODAY, case_context, case_record, differences
from syncagent.hygiene.policy import Case
from tests.hygiene.conftest import ROOT, Ask

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
    steps = []
    if policy.clock is not None and policy.clock.kind == "stage" and case.age_days is not None:
        since = day_number(TODAY) - case.age_days
        steps = [(RECORD_ID, str(record["stage"]), since * 86_400_000_000, since)]
    rows = ask(policy, TODAY, [record], steps=steps)
    assert list(differences(policy, case, evaluate(policy, rows, case_context(policy, case)))) == []
