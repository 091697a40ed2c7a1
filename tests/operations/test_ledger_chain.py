"""The ledger is sound after everything, and tells where it was tampered with."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest

from tests.operations.conftest import Company
from tests.operations.test_undo import applied, undo


def tamper(company: Company, statement: str) -> None:
    with closing(sqlite3.connect(company.agent.folder / ".syncagent" / "state.db")) as state, state:
        state.execute(statement)


def test_the_ledger_is_sound_after_a_whole_cycle(company: Company) -> None:
    applied(company)
    undo(company)
    said = company.agent.call("ledger", "verify")
    assert (said.code, said.err) == (0, "")
    assert said.out.startswith("The ledger is sound: ")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE ledger SET actor = 'nobody' WHERE seq = 3",
        "UPDATE ledger SET body = replace(body, '部長', '社長') WHERE kind = 'write'",
        "DELETE FROM ledger WHERE seq = 2",
        "UPDATE ledger SET at = at + 1 WHERE seq = 1",
    ],
)
def test_tampering_is_found(company: Company, statement: str) -> None:
    applied(company)
    tamper(company, statement)
    said = company.agent.call("ledger", "verify")
    assert said.code == 1
    assert "broken" in said.out.lower()
