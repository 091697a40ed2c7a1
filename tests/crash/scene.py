"""The scene of the kill tests: a plan of more than 30 changes of every kind, ready to be applied again and again.

The sandbox serves from this process and is put back by snapshot; the agent runs in forks of a zygote, each on a fresh
copy of a prepared state folder. Time stands still for the agent, and moves in the sandbox with each committed write,
so an undisturbed run and one that was killed and resumed end in the same state to the last stamp.
"""

from __future__ import annotations

import re
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

import orjson

from syncagent.sandbox import Sandbox
from syncagent.sandbox.ledger import Entry
from tests.crash.zygote import Answer, Request
from tests.installation import (
    DEAL_MAPPING,
    POLICY,
    ROOT,
    SATO,
    Agent,
    clean_environment,
    install,
    make_company,
    pass_days,
    person_id,
    person_mapping,
)

STAMPS = re.compile(
    r"CreatedDate|Last\w+Date|SystemModstamp|createdate|\w*lastmodifieddate|timestamp|createdAt|updatedAt|now|hubspot_owner_assigneddate"
)
"""What tells when a write happened and not what was written."""

TABLES: Mapping[str, str] = {
    "journal": "run, seq, change, outcome, record_id, verified, seen",
    "ledger": "kind, body",
    "link": "pair, salesforce_id, hubspot_id, key, base, gone",
    "base_change": "run, pair, salesforce_id, hubspot_id, field, before, after",
    "mirror": "system, object, id, doc, state, successor",
    "finding": "policy, id, state, due, warned_at, announced, closed_at",
    "plan": "digest, used_by",
    "run": "id, kind, plan, status",
    "lease": "held",
}
"""What the state has to agree on however often a run was cut short: table by columns."""

DONE = ("begin", "write", "end")
"""Ledger entries a run makes exactly once; approving again on resume may be told again."""


@dataclass(frozen=True, slots=True)
class End:
    """Where everything stands: both systems, what was committed there in which order, and the agent's state."""

    systems: object
    writes: tuple[tuple[str, ...], ...]
    state: Mapping[str, list[tuple[object, ...]]]

    def assert_same(self, other: End, *, told: str, ordered: bool = True) -> None:
        """Compare piece by piece, so that a failure names what differs; ``ordered`` False leaves time out."""
        mine, theirs = (self.writes, other.writes) if ordered else (sorted(self.writes), sorted(other.writes))
        assert mine == theirs, f"{told}: writes were lost, repeated or changed"
        systems = (self.systems, other.systems) if ordered else (timeless(self.systems), timeless(other.systems))
        assert systems[0] == systems[1], f"{told}: the systems differ: {'; '.join(islice(differences(*systems), 5))}"
        for name in self.state:
            one, two = (list(map(repr if ordered else _timeless_text, each.state[name])) for each in (self, other))
            only_here, only_there = sorted(set(one) - set(two)), sorted(set(two) - set(one))
            same = one == two or (not ordered and sorted(one) == sorted(two))
            assert same, f"{told}: table {name} has {only_here} in place of {only_there}"


def timeless(value: object) -> object:
    """Leave every stamp out of a JSON document."""
    if isinstance(value, dict):
        return {key: timeless(item) for key, item in value.items() if not STAMPS.fullmatch(key)}
    return [timeless(item) for item in value] if isinstance(value, list) else value


def _timeless_text(row: tuple[object, ...]) -> str:
    return re.sub(rf'"(?:{STAMPS.pattern})":"[^"]*"', "", repr(row))


def differences(one: object, other: object, path: str = "") -> Iterator[str]:
    """Tell where two JSON documents differ."""
    if isinstance(one, dict) and isinstance(other, dict) and one.keys() == other.keys():
        for key in one:
            yield from differences(one[key], other[key], f"{path}/{key}")
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        for place, pair in enumerate(zip(one, other, strict=True)):
            yield from differences(*pair, f"{path}/{place}")
    elif one != other:
        yield f"{path}: {one!r} in place of {other!r}"


class Zygote:
    """Talks to :mod:`tests.crash.zygote`."""

    def __init__(self) -> None:
        with clean_environment():
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.crash.zygote"],
                cwd=ROOT,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
            )
        assert self._line() == b"ready\n"

    def _line(self) -> bytes:
        assert self._process.stdout is not None
        return self._process.stdout.readline()

    def ask(self, request: Request) -> Answer:
        """Have a command run in a fork."""
        assert self._process.stdin is not None
        self._process.stdin.write(orjson.dumps(asdict(request)) + b"\n")
        self._process.stdin.flush()
        return Answer(**orjson.loads(self._line()))

    def close(self) -> None:
        """Let it end."""
        self._process.communicate(timeout=30)


@dataclass(frozen=True, slots=True)
class Ran:
    """How a command in a fork ended, and what it printed."""

    code: int
    events: str
    out: str
    err: str


@dataclass(slots=True)
class Moment:
    """A moment of the cycle to return to: the systems' snapshot and a copy of the agent's folder."""

    snapshot: str
    folder: Path


@dataclass(slots=True)
class Scene:
    """The sandbox, the zygote, and the moments before and after each command of the cycle."""

    box: Sandbox
    zygote: Zygote
    folder: Path
    moments: dict[str, Moment] = field(default_factory=dict)
    plan: dict[str, Any] = field(default_factory=dict)

    def keep(self, name: str, agent: Agent) -> None:
        """Remember this moment."""
        folder = self.folder / "moments" / name
        shutil.copytree(agent.folder, folder)
        self.moments[name] = Moment(self.box.snapshot(), folder)

    def back_to(self, name: str) -> Agent:
        """Return to a moment, with an empty call ledger and a copy of the agent's folder."""
        moment = self.moments[name]
        self.box.restore(moment.snapshot)
        folder = self.folder / "now"
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(moment.folder, folder)
        return Agent(folder)

    def run(self, agent: Agent, *words: str, dies_at: int | None = None) -> Ran:
        """Run a command in a fork, killed at its ``dies_at``-th event letter."""
        out, err = self.folder / "out", self.folder / "err"
        for path in (out, err):
            path.unlink(missing_ok=True)
        request = Request((*words, "--config", str(agent.folder)), str(out), str(err), dies_at)
        answer = self.zygote.ask(request)
        return Ran(answer.code, answer.events, out.read_text(), err.read_text())

    def end(self, agent: Agent) -> End:
        """Look at everything that can be seen from outside, and at the state."""
        dump = orjson.loads(orjson.dumps(asdict(self.box.dump())))
        writes = tuple(item for entry in self.box.ledger.writes() for item in told(entry))
        return End(dump, writes, read_state(agent))


def told(entry: Entry) -> Iterator[tuple[str, ...]]:
    """Tell each committed change of a call as text."""
    for note in entry.writes:
        words = orjson.dumps(note.as_json(), option=orjson.OPT_SORT_KEYS).decode()
        yield (entry.system, entry.method, words)


def read_state(agent: Agent) -> dict[str, list[tuple[object, ...]]]:
    """Read the tables of the agent's state."""
    found: dict[str, list[tuple[object, ...]]] = {}
    with closing(sqlite3.connect(agent.folder / ".syncagent" / "state.db")) as state:
        for table, columns in TABLES.items():
            of = "kind IN ('apply', 'undo')" if table == "run" else "1"
            order = _order(table, columns)
            rows = state.execute(f"SELECT {columns} FROM {table} WHERE {of} ORDER BY org, {order}").fetchall()
            found[table] = [row for row in rows if table != "ledger" or row[0] in DONE]
    return found


def _order(table: str, columns: str) -> str:
    return "seq" if table in {"ledger", "base_change"} else columns


@contextmanager
def staged(folder: Path) -> Iterator[Scene]:
    """Play the cycle up to a plan of every kind of change, and keep each moment."""
    with Sandbox(make_company(newcomers=True)) as box:
        scene = Scene(box, Zygote(), folder)
        try:
            _play(scene)
            yield scene
        finally:
            scene.zygote.close()


def _play(scene: Scene) -> None:
    box = scene.box
    mappings = {"person": person_mapping(), "deal": DEAL_MAPPING}
    agent = install(scene.folder / "agent", box, mappings=mappings, policies=[POLICY])
    agent.do("pull")
    agent.plan()
    agent.do("policy", "enforce", POLICY, "--by", "山本")
    agent.apply(agent.plan())
    for days in (3, 3, 1):  # a longer silence of the agent would start the notice of the close anew
        pass_days(box, agent, days)
        agent.do("pull")
        agent.plan("--only", "policies")
    _people_work(box)
    (agent.folder / "mappings" / "person.yaml").write_text(person_mapping(create=True), encoding="utf-8")
    scene.keep("before pull", agent)
    agent.do("pull")
    scene.keep("before plan", agent)
    scene.plan = agent.plan()
    agent.do("approve", scene.plan["digest"], "--by", "山本")
    scene.keep("before apply", agent)
    agent = scene.back_to("before apply")
    ran = scene.run(agent, "apply", scene.plan["digest"])
    assert ran.code == 0, ran
    scene.keep("before undo", agent)


def _people_work(box: Sandbox) -> None:
    """Edits on both sides; each of them is the only one of its field."""
    for number in (1, 2, 3, 4, 13, 14):
        kind = "Contact" if number < 13 else "Lead"
        fields = {"Title": "部長", "Phone": f"03-9999-{number:04d}"}
        box.edit("salesforce", kind, person_id(number), fields, SATO)
    for number in (5, 6, 7, 15, 16):
        fields = {"jobtitle": "マネージャー", "mobilephone": f"+8190123400{number:02d}"}
        box.edit("hubspot", "contacts", str(number), fields, SATO)
