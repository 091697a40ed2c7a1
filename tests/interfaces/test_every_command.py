"""Every command of the tree is tried once, in each form it prints; a new one without an example here fails."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import orjson
import pytest

from tests.installation import POLICY, opportunity_id, run_here
from tests.interfaces.conftest import Office
from tests.interfaces.test_help import ALL

LONG_RUNNING = {("demo",), ("sandbox", "serve"), ("worker",)}
"""Tried by tests of their own."""

WORDS: Mapping[tuple[str, ...], tuple[str, ...]] = {
    ("apply",): ("PLAN",),
    ("approve",): ("PLAN", "--by", "山本"),
    ("attribution",): (),
    ("check",): (),
    ("conflicts",): (),
    ("hold",): (
        opportunity_id(1), "--policy", POLICY, "--until", "2026-12-25", "--reason", "稟議待ち", "--approved-by", "山本",
    ),
    ("holds",): (),
    ("ledger", "verify"): (),
    ("plan",): (),
    ("policy", "enforce"): (POLICY, "--by", "山本"),
    ("pull",): (),
    ("report", "weekly"): ("--out", "OUT"),
    ("report", "campaigns"): (),
    ("sandbox", "dump"): ("--url", "URL", "--out", "OUT"),
    ("sandbox", "generate"): ("--out", "OUT", "--contacts", "50"),
    ("show",): ("PLAN",),
    ("status",): (),
    ("undo",): ("run-0001",),
}  # fmt: skip
WITHOUT_CONFIG = {("sandbox", "dump"), ("sandbox", "generate")}


def forms_of(words: tuple[str, ...]) -> list[str]:
    """Give the forms a command prints, [""] for one that has no choice."""
    help_text = " ".join(run_here(*words, "--help").out.split())
    choices = re.search(r"--format <([a-z|]+)>", help_text)
    return choices[1].split("|") if choices else [""]


CASES = [(words, form) for words in ALL if words not in LONG_RUNNING for form in forms_of(words)]


def test_every_command_is_tried() -> None:
    assert set(ALL) - LONG_RUNNING <= set(WORDS)


@pytest.mark.parametrize(("words", "form"), CASES, ids=[f"{' '.join(words)} {form}".strip() for words, form in CASES])
def test_a_command_ends_well_in_each_form(office: Office, tmp_path: Path, words: tuple[str, ...], form: str) -> None:
    if words == ("undo",):
        office.agent.do("apply", office.plan)
    place = {"PLAN": office.plan, "OUT": str(tmp_path / "out"), "URL": office.box.hubspot_url}
    given = [place.get(word, word) for word in WORDS[words]]
    form_words = ("--format", form) if form else ()
    if words in WITHOUT_CONFIG:
        said = run_here(*words, *given, *form_words)
    else:
        said = office.agent.call(*words, *given, *form_words)
    assert (said.code, said.err) == (0, ""), said
    assert said.out or said.raw
    if form == "json":
        text = (tmp_path / "out").read_bytes() if "OUT" in WORDS[words] else said.out
        assert orjson.loads(text) is not None


def test_pending_changes_can_be_told_by_the_exit_code(office: Office) -> None:
    assert office.agent.call("plan", "--only", "sync", "--exit-code").code == 10
    office.agent.do("apply", office.plan)
    assert office.agent.call("plan", "--only", "sync", "--exit-code").code == 0
