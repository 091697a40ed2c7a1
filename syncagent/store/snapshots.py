"""Attribution frozen before a deal closes: who had earned what part of it, as it stood then.

Rows are only ever added. Salesforce relates no campaign to a deal any more once it is closed, so what was not written
down before is lost; refunds and later corrections use these weights (attribution.md, sections 6 and 7).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import ColumnElement, select

from syncagent.domain.time import from_micros, to_micros
from syncagent.store.documents import Json, canonical, mapping_of, texts_of
from syncagent.store.schema import snapshot as table
from syncagent.store.state import ReadTx, WriteTx
from syncagent.store.statements import Values, insert_new


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One deal's credits under ``models`` as of an instant, taken for a run of a plan.

    ``credits`` is the deal's part of the attribution document; ``digest`` (64 hex digits) covers the deal, the
    instant, the models and the credits.
    """

    opportunity: str
    run: str
    plan: str
    taken_at: datetime
    as_of: datetime
    models: tuple[str, ...]
    credits: Mapping[str, Json]
    digest: str = field(default="")

    def __post_init__(self) -> None:
        if not self.digest:
            object.__setattr__(self, "digest", seal(self))

    @property
    def sound(self) -> bool:
        """Tell whether the content is the one that was sealed."""
        return self.digest == seal(self)


def seal(snapshot: Snapshot) -> str:
    """Hash what a snapshot says."""
    said: list[Json] = [snapshot.opportunity, to_micros(snapshot.as_of), snapshot.models, snapshot.credits]
    return hashlib.sha256(canonical(said).encode()).hexdigest()


def add_snapshots(tx: WriteTx, snapshots: Iterable[Snapshot]) -> None:
    """Keep snapshots; the first one of a deal and a run stays, whatever is added later."""
    rows: list[Values] = [
        {
            "org": tx.org,
            "opportunity": one.opportunity,
            "run": one.run,
            "plan": one.plan,
            "seq": tx.reserve("snapshot"),
            "taken_at": to_micros(one.taken_at),
            "as_of": to_micros(one.as_of),
            "models": canonical(one.models),
            "credits": canonical(one.credits),
            "digest": one.digest,
        }
        for one in snapshots
    ]
    insert_new(tx.connection, table, rows)


def taken_for(tx: ReadTx, run: str) -> frozenset[str]:
    """Name the deals a run has a snapshot of."""
    c = table.c
    return frozenset(tx.connection.scalars(select(c.opportunity).where(c.org == tx.org, c.run == run)))


def snapshots(tx: ReadTx, opportunity: str | None = None) -> list[Snapshot]:
    """List the snapshots of a deal, or of all, oldest first."""
    c = table.c
    where: list[ColumnElement[bool]] = [c.org == tx.org]
    if opportunity is not None:
        where.append(c.opportunity == opportunity)
    return [
        Snapshot(
            opportunity=row.opportunity,
            run=row.run,
            plan=row.plan,
            taken_at=from_micros(row.taken_at),
            as_of=from_micros(row.as_of),
            models=texts_of(row.models),
            credits=mapping_of(row.credits),
            digest=row.digest,
        )
        for row in tx.connection.execute(select(table).where(*where).order_by(c.seq))
    ]
