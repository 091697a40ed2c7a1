"""Holds given on the command line: approved exceptions with an awaited date."""

from __future__ import annotations

from datetime import date

from syncagent.domain.findings import Hold
from syncagent.domain.records import SYSTEMS, RecordRef, canonical_id
from syncagent.domain.time import day_of
from syncagent.errors import UsageError
from syncagent.operations.enforce import find_policy
from syncagent.operations.installation import Installation
from syncagent.operations.leases import held_lease
from syncagent.store import holds, ledger, mirror


def add_hold(
    installation: Installation, record: str, *, policy: str, until: date, reason: str, approved_by: str
) -> Hold:
    """Record that a policy shall leave a record alone until a day (inclusive).

    Raises:
        UsageError: unknown record or policy, a day in the past, an empty reason, or a policy that allows no holds.
    """
    rule = find_policy(installation, policy)
    today = day_of(installation.clock(), installation.settings.timezone)
    if not rule.holds_allowed:
        raise UsageError(f"{policy} allows no holds")
    if until < today:
        raise UsageError(f"--until {until} is in the past (today is {today}); write the day the record is awaited for")
    if not reason.strip() or not approved_by.strip():
        raise UsageError("a hold needs a --reason and an --approved-by")
    ref = find_record(installation, record, rule.view.ref(""))
    hold = Hold(ref, policy, until, reason.strip(), approved_by.strip())
    with held_lease(installation, "hold") as fence, installation.store.write(fence) as tx:
        holds.add_hold(tx, hold, installation.clock())
        body = {"record": str(ref), "policy": policy, "until": until.isoformat(), "approved_by": approved_by}
        ledger.append(tx, installation.clock(), installation.actor, "hold", body)
    return hold


def find_record(installation: Installation, text: str, kind: RecordRef) -> RecordRef:
    """Read a record's name: ``system/object/id``, or just the id of a record of ``kind``'s object.

    Raises:
        UsageError: not a record the mirror knows.
    """
    parts = text.split("/")
    ref = RecordRef(kind.system, kind.object, canonical_id(kind.system, text))
    if len(parts) > 1:
        system = next((item for item in SYSTEMS if item == parts[0]), None)
        if system is None or len(parts) != len(("system", "object", "id")):
            raise UsageError(f"{text!r} is not a record; write e.g. {kind.system}/{kind.object}/ID")
        ref = RecordRef(system, parts[1], parts[2])
    with installation.store.read() as tx:
        if mirror.record(tx, ref) is None:
            raise UsageError(f"{ref} is not in the mirror; check the id, or run `syncagent pull` first")
    return ref


def list_holds(installation: Installation) -> list[Hold]:
    """List the holds in force today."""
    with installation.store.read() as tx:
        return holds.holds(tx, day_of(installation.clock(), installation.settings.timezone))
