"""The tables, described once: BIGINT, TEXT and 0/1 columns only.

Instants are microseconds UTC, days are day numbers, documents are canonical JSON text. DateTime, Numeric and Float
columns lose zone or precision on SQLite, so a test forbids them. Every table is keyed by ``org``. ``seq`` columns
come from one counter per org and only grow, so "what changed since" is one comparison; rows that vanish remotely
stay as ``gone``, so that readers of changes see them go. The tables are laid by :mod:`syncagent.store.migrations`;
a test compares the two.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, CheckConstraint, Column, Index, MetaData, Table, Text

METADATA = MetaData()


def _text(name: str, *, key: bool = False, empty: bool = False) -> Column[str]:
    return Column(name, Text, primary_key=key, nullable=empty)


def _number(name: str, *, key: bool = False, empty: bool = False) -> Column[int]:
    return Column(name, BigInteger, primary_key=key, nullable=empty, autoincrement=False)


def _flag(name: str, *, empty: bool = False) -> Column[int]:
    return Column(name, BigInteger, CheckConstraint(f"{name} IN (0, 1)"), nullable=empty)


def _keys(*names: str) -> list[Column[str]]:
    return [_text(name, key=True) for name in ("org", *names)]


_REF = ("system", "object", "id")
_ENDS = ("salesforce_object", "salesforce_id", "hubspot_object", "hubspot_id")

schema_version = Table("schema_version", METADATA, _number("version", key=True), _text("name"))
counter = Table("counter", METADATA, *_keys("name"), _number("value"))
identity = Table("identity", METADATA, *_keys(), _text("token"))

mirror = Table(
    "mirror",
    METADATA,
    *_keys(*_REF),
    _text("doc"),
    _number("hash"),
    _number("modified"),
    _number("seen_at"),
    _text("state"),
    _text("successor", empty=True),
    _number("seq"),
    Index("mirror_by_seq", "org", "system", "object", "seq"),
)
cursor = Table("cursor", METADATA, *_keys("system", "object"), _number("at"), _text("id"))
dirty = Table("dirty", METADATA, *_keys(*_REF))
field_change = Table(
    "field_change",
    METADATA,
    _text("org", key=True),
    _number("seq", key=True),
    *(_text(name) for name in (*_REF, "field")),
    _text("before", empty=True),
    _text("after", empty=True),
    _number("at"),
    _number("seen_at"),
    Index("field_change_by_record", "org", *_REF, "field", "at"),
)
stage_history = Table(
    "stage_history",
    METADATA,
    *_keys(*_REF),
    _number("at", key=True),
    _text("stage", key=True),
    _number("seq"),
    Index("stage_history_by_seq", "org", "seq"),
)
association = Table(
    "association",
    METADATA,
    *_keys("from_object", "from_id", "to_object", "to_id"),
    _text("types"),
    _flag("gone"),
    _number("seq"),
    Index("association_by_seq", "org", "seq"),
)

link = Table(
    "link",
    METADATA,
    *_keys("pair", *_ENDS),
    _text("key"),
    _text("base"),
    _number("base_hash"),
    _flag("gone"),
    _number("seq"),
    Index("link_by_hubspot", "org", "pair", "hubspot_object", "hubspot_id"),
    Index("link_by_seq", "org", "seq"),
)
base_change = Table(
    "base_change",
    METADATA,
    _text("org", key=True),
    _number("seq", key=True),
    *(_text(name) for name in ("run", "pair", *_ENDS, "field")),
    _text("before", empty=True),
    _text("after", empty=True),
    Index("base_change_by_run", "org", "run"),
)
conflict = Table(
    "conflict",
    METADATA,
    *_keys("pair", *_ENDS, "field"),
    *(_text(name) for name in ("salesforce_value", "hubspot_value", "base", "reason")),
)

plan = Table(
    "plan",
    METADATA,
    *_keys("digest"),
    _text("doc"),
    _number("made_at"),
    _number("expires_at"),
    _text("undoes", empty=True),
    _text("used_by", empty=True),
    _number("used_seq", empty=True),
)
approval = Table(
    "approval",
    METADATA,
    *_keys("digest"),
    _number("seq", key=True),
    _text("who"),
    _number("at"),
    _text("excluded"),
    _flag("standing"),
)
run = Table(
    "run",
    METADATA,
    *_keys("id"),
    _text("kind"),
    _text("actor"),
    _text("plan", empty=True),
    _number("seq"),
    _number("started_at"),
    _text("status", empty=True),
    _number("ended_at", empty=True),
    _text("summary"),
    Index("run_by_seq", "org", "seq"),
)
journal = Table(
    "journal",
    METADATA,
    *_keys("run"),
    _number("seq", key=True),
    _text("change"),
    _number("intent_at"),
    _text("outcome"),
    _text("message"),
    _text("record_id", empty=True),
    _number("settled_at", empty=True),
    _flag("verified", empty=True),
    _text("seen", empty=True),
    Index("journal_by_outcome", "org", "outcome"),
)

finding = Table(
    "finding",
    METADATA,
    *_keys("policy", *_REF),
    _text("state"),
    _text("severity"),
    _text("evidence"),
    _text("proposed"),
    _number("first_seen"),
    _number("due", empty=True),
    _number("warned_at", empty=True),
    _number("announced", empty=True),
    _number("closed_at", empty=True),
)
hold = Table(
    "hold",
    METADATA,
    *_keys("policy", *_REF),
    _number("until"),
    *(_text(name) for name in ("reason", "approved_by", "source")),
    _number("added_at"),
)
enforcement = Table(
    "enforcement",
    METADATA,
    *_keys("policy"),
    _text("revision"),
    _text("who"),
    _number("at"),
)

snapshot = Table(
    "snapshot",
    METADATA,
    *_keys("opportunity", "run"),
    _text("plan"),
    _number("seq"),
    _number("taken_at"),
    _number("as_of"),
    *(_text(name) for name in ("models", "credits", "digest")),
)

ledger = Table(
    "ledger",
    METADATA,
    _text("org", key=True),
    _number("seq", key=True),
    _number("at"),
    *(_text(name) for name in ("actor", "kind", "body", "previous", "hash")),
)
lease = Table(
    "lease",
    METADATA,
    *_keys(),
    _text("holder"),
    _text("what"),
    _number("token"),
    _number("taken_at"),
    _number("process"),
    _text("host"),
    _number("expires_at"),
    _flag("held"),
)
