"""Wrong files, wrong words, wrong tokens, systems that are away: one clear message, the right code, nothing lost."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Self
from unittest import mock

import pytest
from sqlalchemy import Connection, Engine, event
from sqlalchemy.engine.default import DefaultDialect
from sqlalchemy.engine.interfaces import DBAPIConnection

from syncagent.operations.leases import held_lease
from syncagent.sandbox import Sandbox
from syncagent.store.engine import WRITING
from tests.installation import Said, install, make_company
from tests.interfaces.conftest import Office

CONFIGURATION, FAILED = 2, 1


def one_message(said: Said, code: int, *words: str) -> None:
    """Prove that a command ended with one message on standard error, and no traceback."""
    assert said.code == code, said
    assert said.err.startswith("syncagent: ") or code == CONFIGURATION, said
    assert "Traceback" not in said.err
    assert said.err.count("\n") == 1, said
    for word in words:
        assert word in said.err


def finishes(office: Office) -> None:
    """Prove that nothing is lost: the waiting plan is applied wholly, and a second plan is empty."""
    report = office.agent.do("apply", office.plan, "--format", "json").json()
    assert [each["outcome"] for each in report["outcomes"]] == ["applied"] * 3
    office.agent.do("pull")
    assert office.agent.plan("--only", "sync")["changes"] == []
    assert office.agent.call("ledger", "verify").code == 0
    fields = [note.fields for entry in office.box.ledger.writes("hubspot") for note in entry.writes]
    assert fields == [{"jobtitle": "部長"}] * 3


@pytest.mark.parametrize(
    ("broken", "place"),
    [
        ("fields: [unclosed\n", "person.yaml:2:1:"),
        ("\tfields: 1\n", "person.yaml:1:1:"),
        ("mapping: person\nfeilds: {}\n", "person.yaml:2:1:"),
        ("mapping: person\nmapping: person\n", "person.yaml:2:1:"),
        ("", "person.yaml:1:1:"),
    ],
)
def test_a_broken_mapping_is_told_with_its_place(office: Office, broken: str, place: str) -> None:
    path = office.agent.folder / "mappings" / "person.yaml"
    sound = path.read_text(encoding="utf-8")
    path.write_text(broken, encoding="utf-8")
    for words in (("check",), ("pull",), ("plan",), ("apply", office.plan)):
        said = office.agent.call(*words)
        assert said.code == CONFIGURATION, said
        assert place in said.err
        assert "Traceback" not in said.err
    path.write_text(sound, encoding="utf-8")
    finishes(office)


def test_an_unknown_field_is_found_live(office: Office) -> None:
    path = office.agent.folder / "mappings" / "person.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("jobtitle\n", "jobtitel\n"), encoding="utf-8")
    assert office.agent.call("check").code == 0
    said = office.agent.call("check", "--live")
    assert said.code == CONFIGURATION
    assert "jobtitel" in said.err
    assert "jobtitle" in said.err


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("hubspot_token", "wrong", ("hubspot", "token")),
        ("salesforce_client_secret", "wrong", ("salesforce",)),
    ],
)
def test_wrong_credentials(office: Office, name: str, value: str, words: tuple[str, ...]) -> None:
    right = office.agent.variables[f"SYNCAGENT_{name.upper()}"]
    office.agent.write_settings(**{name: value})
    one_message(office.agent.call("pull"), FAILED, *words)
    assert office.box.ledger.writes() == []
    office.agent.write_settings(**{name: right})
    finishes(office)


def test_wrong_settings_name_the_variable(office: Office) -> None:
    office.agent.write_settings(zone="Tokyo", changes_max="-1")
    said = office.agent.call("pull")
    assert said.code == CONFIGURATION
    assert "SYNCAGENT_ZONE: is not a time zone name; write one such as Asia/Tokyo" in said.err
    assert "SYNCAGENT_CHANGES_MAX: " in said.err


def test_missing_credentials_name_the_variable(office: Office) -> None:
    del office.agent.variables["SYNCAGENT_HUBSPOT_TOKEN"]
    office.agent.write_settings()
    one_message(office.agent.call("pull"), CONFIGURATION, "SYNCAGENT_HUBSPOT_TOKEN")


@pytest.mark.parametrize("words", [("plan", "--only", "everything"), ("hold", "x"), ("nonsense",), ("pull", "--ful")])
def test_wrong_words(office: Office, words: tuple[str, ...]) -> None:
    said = office.agent.call(*words)
    assert said.code == CONFIGURATION
    assert said.err
    assert "Traceback" not in said.err


def test_a_folder_that_does_not_exist(office: Office) -> None:
    office.agent.folder = office.agent.folder / "nowhere"
    one_message(office.agent.call("pull"), CONFIGURATION, "the configuration folder does not exist")


@pytest.mark.usefixtures("impatient")
def test_a_system_that_is_away(tmp_path_factory: pytest.TempPathFactory) -> None:
    with Sandbox(make_company()) as box:
        agent = install(tmp_path_factory.mktemp("away") / "agent", box)
    one_message(agent.call("pull"), FAILED, "no connection to", "connection refused", "nothing was sent")


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("system", ["salesforce", "hubspot"])
def test_a_429_storm_while_pulling(office: Office, system: str) -> None:
    office.box.fault("burst_429", system, times=1000)
    one_message(office.agent.call("pull"), FAILED, system, "still asks us to slow down")
    office.box.faults.clear()
    finishes(office)


@pytest.mark.usefixtures("impatient")
def test_a_429_storm_while_applying_leaves_what_is_left_to_the_next_plan(office: Office) -> None:
    office.box.fault("burst_429", "hubspot", method="POST", path="batch/update", times=1000)
    said = office.agent.call("apply", office.plan, "--format", "json")
    assert said.code == FAILED
    assert {each["outcome"] for each in said.json()["outcomes"]} == {"retry"}
    calls = [entry for entry in office.box.ledger if entry.path.endswith("batch/update")]
    assert 1 < len(calls) < 40
    office.box.faults.clear()
    again = office.agent.plan("--only", "sync")
    assert len(again["changes"]) == 3
    report = office.agent.apply(again)
    assert {each["outcome"] for each in report["outcomes"]} == {"applied"}


def test_two_runs_at_once(office: Office) -> None:
    with office.agent.installation() as other, held_lease(other, "apply 0123"):
        for words in (("pull",), ("plan",), ("apply", office.plan), ("undo", "run-0001")):
            said = office.agent.call(*words)
            one_message(said, FAILED, "another run holds org default: apply 0123 by operator", "Nothing was done")
        assert office.agent.call("status").code == 0
        assert office.agent.call("show", office.plan).code == 0
    finishes(office)


class FullDisk:
    """A disk that has no room left for the commit of a writing transaction, from the nth of them on."""

    def __init__(self, room_for: int) -> None:
        self.left = room_for
        self._commit = DefaultDialect.do_commit
        self._writing = False

    def __enter__(self) -> Self:
        """Hook every commit."""
        event.listen(Engine, "commit", self._note)

        def do_commit(dialect: DefaultDialect, connection: DBAPIConnection) -> None:
            self._do_commit(dialect, connection)

        self._patch = mock.patch.object(DefaultDialect, "do_commit", do_commit)
        self._patch.start()
        return self

    def __exit__(self, *_error: object) -> None:
        """Make room."""
        self._patch.stop()
        event.remove(Engine, "commit", self._note)

    def _note(self, connection: Connection) -> None:
        self._writing = bool(connection.get_execution_options().get(WRITING))

    def _do_commit(self, dialect: DefaultDialect, connection: DBAPIConnection) -> None:
        if self._writing:
            self.left -= 1
            if self.left < 0:
                error = sqlite3.OperationalError("database or disk is full")
                error.sqlite_errorname = "SQLITE_FULL"
                raise error
        self._commit(dialect, connection)  # type: ignore[no-untyped-call]  # SQLAlchemy's


def test_a_full_disk_at_any_commit_stops_the_run_and_loses_nothing(office: Office, tmp_path: Path) -> None:
    snapshot, start = office.box.snapshot(), tmp_path / "start"
    shutil.copytree(office.agent.folder, start)
    room_for = 0
    while True:
        office.box.restore(snapshot)
        shutil.rmtree(office.agent.folder)
        shutil.copytree(start, office.agent.folder)
        with FullDisk(room_for) as disk:
            said = office.agent.call("apply", office.plan)
        if disk.left >= 0:
            break
        one_message(said, FAILED, "state.db: the disk is full", "everything committed before it is intact")
        again = office.agent.call("apply", office.plan)
        assert again.code == 0 or "was already applied by run run-0001" in again.err
        fields = [note.fields for entry in office.box.ledger.writes("hubspot") for note in entry.writes]
        assert fields == [{"jobtitle": "部長"}] * 3
        room_for += 1
    assert said.code == 0
    assert room_for >= 8


def test_a_file_that_may_not_grow_is_told_the_same_way(office: Office) -> None:
    def limit(connection: sqlite3.Connection, _entry: object) -> None:
        (present,) = connection.execute("PRAGMA page_count").fetchone()
        connection.execute(f"PRAGMA max_page_count = {present}")

    with closing(sqlite3.connect(office.agent.folder / ".syncagent" / "state.db")) as state:
        state.execute("VACUUM")
    event.listen(Engine, "connect", limit)
    try:
        said = office.agent.call("apply", office.plan)
    finally:
        event.remove(Engine, "connect", limit)
    one_message(said, FAILED, "state.db: the disk is full", "everything committed before it is intact")
    finishes(office)
