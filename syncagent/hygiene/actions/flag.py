"""The flag a rep sees: reason codes, since when and when something is due, in both systems."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date

from syncagent.domain.changes import Change, Evidence
from syncagent.domain.records import RecordRef, Scalar
from syncagent.hygiene.subjects import Flag, Subject
from syncagent.hygiene.views import VIEWS, View


@dataclass(frozen=True, slots=True)
class Asked:
    """Why a flag changes: the origin, the reason and the evidence its changes carry."""

    origin: str
    reason: str
    evidence: tuple[Evidence, ...] = ()


def merged(shown: Flag, own: Collection[str], wanted: Collection[Flag]) -> Flag:
    """Put the wanted flags in place of our ``own`` codes; codes of others stay, earliest days win.

    ``wanted`` comes in the order of precedence.
    """
    kept = tuple(code for code in shown.codes if code not in own)
    codes = tuple(dict.fromkeys((*(code for flag in wanted for code in flag.codes), *kept)))
    flags = [*wanted, *([shown] if kept else [])]
    return Flag(codes, _earliest([flag.since for flag in flags]), _earliest([flag.due for flag in flags]))


def propose_flag(
    subject: Subject, own: Collection[str], wanted: Collection[Flag], view: View, asked: Asked
) -> list[Change]:
    """Give the changes that bring the flag of a record and of its counterpart to what is wanted."""
    changes = list(_differences(subject, subject.ref, view, subject.flag, merged(subject.flag, own, wanted), asked))
    if subject.counterpart is not None:
        shown = subject.counterpart_flag
        other = VIEWS[view.counterpart]
        changes += _differences(subject, subject.counterpart, other, shown, merged(shown, own, wanted), asked)
    return changes


def _earliest(days: list[date | None]) -> date | None:
    return min((day for day in days if day is not None), default=None)


def _differences(
    subject: Subject, ref: RecordRef, view: View, shown: Flag, wanted: Flag, asked: Asked
) -> Iterator[Change]:
    columns: tuple[tuple[str, Scalar, Scalar], ...] = (
        ("flag", shown.text(), wanted.text()),
        ("flag_since", _iso(shown.since), _iso(wanted.since)),
        ("flag_due", _iso(shown.due), _iso(wanted.due)),
    )
    for column, before, after in columns:
        if before != after:
            yield Change(
                ref=ref,
                operation="update",
                field=view.source(column),
                before=before,
                after=after,
                origin=asked.origin,
                reason=asked.reason,
                evidence=asked.evidence,
                money=subject.money,
                owner=subject.owner,
            )


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
