"""Pull: read what changed in both systems into the mirror, page by page, each page stored with its cursor."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from syncagent.connectors.protocol import Association, Connector
from syncagent.domain.records import SYSTEMS, Record, RecordRef, System
from syncagent.errors import GuardTripped
from syncagent.operations.installation import Installation, Progress, silent
from syncagent.operations.leases import held_lease
from syncagent.operations.selection import Selection, select, watched
from syncagent.operations.surroundings import OWNERS, STAGES
from syncagent.store import Fence, ledger, mirror

STAGED: Mapping[tuple[System, str], str] = {
    ("salesforce", "Opportunity"): "StageName",
    ("hubspot", "deals"): "dealstage",
}
"""Objects whose stage history is kept: the clock of the stage rules (rulebook, section 2)."""

ASSOCIATED: tuple[tuple[str, str], ...] = (
    ("deals", "contacts"),
    ("deals", "companies"),
    ("contacts", "companies"),
    ("tasks", "deals"),
    ("tasks", "contacts"),
)
"""HubSpot associations that are mirrored."""

OPTIONAL = frozenset({"CurrencyIsoCode"})
"""Fields an org may lack without anything being wrong: only orgs with several currencies have this one."""

EMPTY_POPULATION_MIN = 20
"""A side that held more live records and now shows none is a wrong org or a lost permission, not a cleaning."""


@dataclass(slots=True)
class ObjectReport:
    """What one object's pull brought; ``missing`` fields are mapped but unknown to the system."""

    system: System
    object: str
    new: int = 0
    changed: int = 0
    same: int = 0
    gone: int = 0
    live: int = 0
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PullReport:
    """What a pull brought, by object, and the calls it took."""

    objects: tuple[ObjectReport, ...]
    calls: Mapping[System, int] = field(default_factory=dict)


def pull(installation: Installation, *, full: bool = False, progress: Progress = silent) -> PullReport:
    """Bring the mirror up to date; an interrupted pull goes on where its last stored page ended.

    Raises:
        GuardTripped: a side is suddenly empty; nothing of that object was stored.
        ConnectorError: a system could not be read; what was stored before stays stored.
    """
    with held_lease(installation, "pull") as fence:
        for system in SYSTEMS:
            _pull_people_and_stages(installation, fence, system)
        reports = [
            _pull_object(installation, fence, selection, full=full, progress=progress)
            for system in SYSTEMS
            for selection in select(installation.configuration)
            if selection.system == system
        ]
        report = PullReport(tuple(reports), installation.calls())
        body = {"objects": len(reports), "changed": sum(r.new + r.changed + r.gone for r in reports), "full": full}
        with installation.store.write(fence) as tx:
            ledger.append(tx, installation.clock(), installation.actor, "pull", body)
    return report


def _pull_object(
    installation: Installation, fence: Fence, selection: Selection, *, full: bool, progress: Progress
) -> ObjectReport:
    connector = installation.connector(selection.system)
    known = connector.describe(selection.object)
    fields = [name for name in selection.fields if name in known]
    missing = tuple(name for name in selection.fields if name not in known and name not in OPTIONAL)
    report = ObjectReport(selection.system, selection.object, missing=missing)
    with installation.store.read() as tx:
        cursor = None if full else mirror.cursor(tx, selection.system, selection.key)
        before = mirror.count(tx, selection.system, selection.object)
    watch = watched(installation.configuration.mappings)
    touched: list[str] = []
    for page in connector.pull(selection.object, fields, cursor):
        _refuse_sudden_emptiness(selection, page.records, before, first=not touched and cursor is None)
        with installation.store.write(fence) as tx:
            counts = mirror.upsert_records(tx, page.records, watch)
            if page.cursor is not None:
                mirror.save_cursor(tx, selection.system, selection.key, page.cursor)
        report.new, report.changed = report.new + counts.new, report.changed + counts.changed
        report.same, report.gone = report.same + counts.same, report.gone + counts.gone
        touched += [record.ref.id for record in page.records if record.state.value == "live"]
        progress(f"{selection.system} {selection.object}", len(touched))
    _pull_around(installation, fence, selection, touched if cursor is not None else None)
    with installation.store.read() as tx:
        report.live = mirror.count(tx, selection.system, selection.object)
    return report


def _pull_people_and_stages(installation: Installation, fence: Fence, system: System) -> None:
    """Mirror who may own records and the sales process' stages: small lists, read whole each time."""
    connector = installation.connector(system)
    people, stages = connector.owners(), connector.stages()
    at = connector.clock()
    rows = [
        Record(
            RecordRef(system, OWNERS, owner.id),
            {"email": owner.email, "name": owner.name, "active": owner.active, "team": owner.team},
            at,
            at,
        )
        for owner in people
    ]
    rows += [
        Record(
            RecordRef(system, STAGES, stage.id if system == "salesforce" else f"{stage.pipeline}/{stage.id}"),
            {
                "stage": stage.id,
                "label": stage.label,
                "pipeline": stage.pipeline,
                "place": stage.order,
                "probability": stage.probability,
                "is_closed": stage.is_closed,
                "is_won": stage.is_won,
            },
            at,
            at,
        )
        for stage in stages
    ]
    with installation.store.write(fence) as tx:
        mirror.upsert_records(tx, rows, set())


def _refuse_sudden_emptiness(selection: Selection, records: Iterable[Record], before: int, *, first: bool) -> None:
    if first and before > EMPTY_POPULATION_MIN and not list(records):
        raise GuardTripped(
            f"{selection.system} shows no {selection.object} at all, where {before} were known: a wrong org, a filter "
            "or a lost permission. Nothing was stored; check the connection before pulling again"
        )


def _pull_around(installation: Installation, fence: Fence, selection: Selection, ids: list[str] | None) -> None:
    """Bring what hangs on the records: stage history and associations; ``ids`` None means of all records."""
    connector = installation.connector(selection.system)
    if ids is None:
        with installation.store.read() as tx:
            everyone = [record.ref.id for record in mirror.records(tx, selection.system, selection.object)]
    else:
        everyone = sorted(set(ids))
    if not everyone:
        return
    if (selection.system, selection.object) in STAGED:
        _pull_stages(installation, fence, connector, selection, None if ids is None else everyone)
    if selection.system == "hubspot":
        for from_object, to_object in ASSOCIATED:
            if from_object == selection.object:
                found = list(_association_rows(connector.associations(from_object, to_object, everyone)))
                with installation.store.write(fence) as tx:
                    mirror.put_associations(tx, from_object, set(everyone), found, to_object=to_object)


def _pull_stages(
    installation: Installation, fence: Fence, connector: Connector, selection: Selection, ids: list[str] | None
) -> None:
    rows = [(item.record_id, item.stage, item.at) for item in connector.stage_history(selection.object, ids, None)]
    with installation.store.write(fence) as tx:
        mirror.add_stage_entries(tx, selection.system, selection.object, rows)


def _association_rows(found: Iterable[Association]) -> Iterator[tuple[str, str, str, tuple[int, ...]]]:
    return ((item.from_id, item.to_object, item.to_id, item.type_ids) for item in found)
