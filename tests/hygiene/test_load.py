"""A policy file that is wrong is refused with the line and column of each mistake."""

from __future__ import annotations

import pytest

from syncagent.errors import ConfigurationError
from syncagent.hygiene import load_cases, load_policy, policy_schema, run_cases
from syncagent.hygiene.cases import CaseFailure
from tests.hygiene.conftest import ROOT

TEXT = (ROOT / "policies" / "stage-stale-90.yaml").read_text("utf-8")
SMALL = """\
policy: small
version: 1
label: {en: Small, ja: 小}
text: {en: Text, ja: 文}
source: test
over: opportunities
where: is_closed = false
action: {flag: small}
brakes: {}
messages:
  warn: {en: Look, ja: 確認}
  act: {en: Done, ja: 完了}
"""


def problems(text: str) -> list[str]:
    with pytest.raises(ConfigurationError) as caught:
        load_policy(text, "p.yaml")
    return [str(problem) for problem in caught.value.problems]


def changed(old: str, new: str, text: str = TEXT) -> list[str]:
    assert old in text
    return problems(text.replace(old, new, 1))


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (
            "where: is_closed = false",
            "where: isclosed = false",
            "p.yaml:17:8: unknown field isclosed: did you mean 'is_closed'",
        ),
        (
            "where: is_closed = false",
            "where: >-\n  is_closed = false\n  and stag = 'x'",
            "p.yaml:19:7: unknown field stag",
        ),
        ("where: is_closed = false", "where: 'read_csv(''x'') = 1'", "p.yaml:17:9: function read_csv is not allowed"),
        ("over: opportunities", "over: oportunities", "p.yaml:16:7: unknown view 'oportunities': did you mean"),
        ("over: opportunities", "over: leads", "p.yaml:17:8: unknown field is_closed"),
        ("where: is_closed = false\n", "", "p.yaml:2:1: the policy speaks about every record"),
        ("clock: stage", "clock: stages", "p.yaml:18:8:"),
        ("clock: stage", "clock: field", "p.yaml:18:8: clock: field and clock_field go together"),
        ("clock: stage", "clock: field\nclock_field: closeday", "p.yaml:19:14: 'closeday' is no day column"),
        ("clock: stage\n", "", "a threshold and a close need a clock"),
        ("{days: 90}", "{days: 90, months: 3}", "p.yaml:19:12: give days or months, not both"),
        ("warn_days_before: 7", "warn_days_before: 0", "p.yaml:20:19: nobody is closed unwarned"),
        ("warn_days_before: 7", "warn_days_before: 90", "p.yaml:20:19: the warning must lie inside the threshold"),
        ("grace_days: 7", "grace_days: 6", "p.yaml:21:13: a late warning may not be shorter"),
        ("grace_days: 7", "grace_dais: 7", "p.yaml:21:1:"),
        ("closed as lost on {due} unless", "closed on {dew} unless", "{dew} is not known: did you mean 'due'"),
        ("closed as lost on {due} unless", "closed on {due unless", "a brace is not closed"),
        ("Closed by policy {policy}", "Closed by policy {polcy}", "{polcy} is not known"),
        ("stage: P3 評価", "stag: P3", "unknown column 'stag'"),
        ("is_closed: false, amount", "is_closed: 0, amount", "is_closed is bool, not 0"),
        ("created_day: -200", "created_day: '2026-01-01'", "created_day is day (days count from today"),
        (
            "created_day: -200",
            "has_next_action: true",
            "has_next_action is worked out, so a case cannot set it: give activities and texts instead",
        ),
        (
            "hold: {allowed: true}",
            "shows: [attempts, stag]",
            "p.yaml:23:19: unknown column 'stag': did you mean 'stage'",
        ),
        (
            "  recycle: recycle-nurture",
            "  routes: [{where: is_won, code: a, label: {en: A, ja: あ}}]",
            "a policy closes or routes, not both",
        ),
    ],
)
def test_a_mistake_is_told_at_its_place(old: str, new: str, expected: str) -> None:
    assert any(expected in problem for problem in changed(old, new)), changed(old, new)


@pytest.mark.parametrize(
    ("route", "expected"),
    [
        ("{where: stag = 'x', code: a, label: {en: A, ja: あ}}", "p.yaml:8:40: unknown field stag"),
        ("{code: a, label: {en: A, ja: あ}}", "p.yaml:8:32: a route needs where or when"),
        (
            "{where: is_won, code: a, due: return_dai, label: {en: A, ja: あ}}",
            "p.yaml:8:62: 'return_dai' is no day column: did you mean 'return_day'",
        ),
        ("{where: is_won, code: A B, label: {en: A, ja: あ}}", "p.yaml:8:54:"),
    ],
)
def test_a_mistake_in_an_action_table_is_told_at_its_place(route: str, expected: str) -> None:
    found = changed("action: {flag: small}", f"action: {{flag: small, routes: [{route}]}}", SMALL)
    assert any(expected in problem for problem in found), found


def test_the_first_row_of_an_action_table_decides() -> None:
    rows = "[{when: {field: stage, op: eq, value: P1}, code: one, label: {en: One, ja: 一}}, "
    rows += "{where: is_closed = false, code: two, due: close_day, label: {en: Two, ja: 二}}]"
    text = (
        SMALL.replace("{flag: small}", f"{{flag: small, routes: {rows}}}")
        + """\
example: {is_closed: false, close_day: 5}
cases:
  - {case: first, record: {stage: P1}, expect: {state: flagged, flag: one, says: One}}
  - {case: second, record: {stage: P2}, expect: {state: flagged, flag: two, flag_due_in_days: 5}}
"""
    )
    policy = load_policy(text, "p.yaml")
    assert run_cases(policy) == ()
    assert policy.action.codes == ("small", "one", "two")
    wrong = load_policy(
        text.replace("flag: one, says", "flag: two, says").replace("in_days: 5", "in_days: 6"), "p.yaml"
    )
    told = [failure.message for failure in run_cases(wrong)]
    assert told == [
        "expected the flag two, found one",
        "expected the flag to be due in 6 days, found 2026-11-21",
    ]


def test_all_mistakes_are_told_at_once() -> None:
    text = TEXT.replace("is_closed = false", "isclosed = false").replace("grace_days: 7", "grace_days: 1")
    assert len(problems(text)) == 2


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ("exclude:\n  - {reason: {en: a, ja: b}}", "p.yaml:14:5: an exclusion needs where or when"),
        ("exclude:\n  - {reason: {en: a, ja: b}, where: stag = 'x'}", "p.yaml:14:37: unknown field stag"),
        ("when: {field: stag, op: empty}", "p.yaml:13:15: unknown field stag"),
        ("when: {any: [{field: name, op: eq}]}", "p.yaml:13:14: eq needs a value"),
        ("clock: stage\nthreshold: {days: 3}\nover2: x", "p.yaml:15:1:"),
    ],
)
def test_conditions_and_exclusions_are_placed(more: str, expected: str) -> None:
    found = problems(SMALL + more)
    assert any(expected in problem for problem in found), found


def test_leads_have_no_stage_and_are_not_closed_as_lost() -> None:
    text = SMALL.replace("over: opportunities", "over: leads").replace("is_closed", "is_converted")
    close = "action: {flag: small, close: {stage: a, reason: b, detail: {en: c, ja: d}}}"
    found = problems(
        text.replace("action: {flag: small}", close) + "clock: stage\nthreshold: {days: 9}\nwarn_days_before: 2"
    )
    assert any("leads have no stage" in problem for problem in found)
    assert any("only opportunities can be closed" in problem for problem in found)


def test_text_structure_and_exclusions_stand_together() -> None:
    more = """\
when: {field: stage, op: ne, value: 受注}
exclude:
  - {reason: {en: a, ja: b}, where: "contains(name, '公共')"}
  - {reason: {en: a, ja: b}, where: amount_minor > 5, when: {field: name, op: present}}
example: {is_closed: false, stage: P1, name: x, amount_minor: 3}
cases:
  - {case: flagged, expect: {state: flagged}}
  - {case: won, record: {stage: 受注}, expect: {state: none}}
  - {case: public tender, record: {name: 公共事業}, expect: {state: none}}
  - {case: large, record: {amount_minor: 6}, expect: {state: none}}
  - case: without an amount nobody can tell whether it is excluded
    record: {amount_minor: null}
    expect: {state: flagged, says: amount_minor is empty}
"""
    assert run_cases(load_policy(SMALL + more, "p.yaml")) == ()


def test_when_alone_is_enough() -> None:
    text = SMALL.replace("where: is_closed = false", "when: {field: is_closed, op: eq, value: false}")
    assert load_policy(text, "p.yaml").condition == load_policy(SMALL, "p.yaml").condition


def test_the_revision_changes_with_the_meaning_only() -> None:
    first = load_policy(TEXT, "p.yaml")
    assert load_policy(TEXT.replace("mode: audit", "mode: enforce"), "p.yaml").revision == first.revision
    assert load_policy(TEXT.replace("Stale for 90 days", "Stale"), "p.yaml").revision == first.revision
    assert load_policy(TEXT.replace("{days: 90}", "{days: 91}"), "p.yaml").revision != first.revision
    assert (
        load_policy(TEXT.replace("share_max_percent: 10", "share_max_percent: 20"), "p.yaml").revision != first.revision
    )


def test_a_failing_case_says_what_came_out_differently() -> None:
    text = TEXT.replace(
        "expect: {state: warned, due_in_days: 7, says: Warned 7",
        "expect: {state: due, due_in_days: 8, closes: true, says: Wanted 7",
    )
    failures = run_cases(load_policy(text, "p.yaml"))
    assert {failure.case for failure in failures} == {"on day 83 the owner is warned, and day 90 is announced"}
    told = "\n".join(str(failure) for failure in failures)
    assert "policy stage-stale-90, case 'on day 83" in told
    for words in ("expected due, found warned", "due in 8 days, found 7", "expected to be closed", "to say 'Wanted 7"):
        assert words in told
    shut = TEXT.replace("expect: {state: due, due_in_days: 0, closes: true}", "expect: {state: due, closes: false}")
    assert "expected to stay open, but it is closed" in str(run_cases(load_policy(shut, "p.yaml"))[0])
    assert isinstance(failures[0], CaseFailure)


def test_cases_in_their_own_file_are_checked_too() -> None:
    policy = load_policy(TEXT, "p.yaml")
    text = "policy: other\ncases:\n  - {case: a, record: {stag: x}, expect: {state: none}}\n"
    with pytest.raises(ConfigurationError) as caught:
        load_cases(text, "c.yaml", policy)
    assert [str(problem) for problem in caught.value.problems] == [
        "c.yaml:1:9: these are cases of other, not of stage-stale-90",
        "c.yaml:3:24: unknown column 'stag': did you mean 'stage'?",
    ]


def test_the_schema_names_every_key() -> None:
    properties = policy_schema()["properties"]
    assert isinstance(properties, dict)
    assert {"policy", "where", "when", "exclude", "clock", "threshold", "action", "brakes", "cases"} <= set(properties)
