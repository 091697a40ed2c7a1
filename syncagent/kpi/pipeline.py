"""The open pipeline by stage, weighted by probability, before and after zombie deals are taken out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from syncagent.kpi.rows import Row, number, text
from syncagent.kpi.statement import Statement


@dataclass(frozen=True, slots=True)
class StageLine:
    """Open deals of one stage: how many, their amount in minor units, and the stage's probability in percent.

    ``zombies`` and ``zombie_minor`` are the part of them that will not close; deals in another currency count in
    ``left_out`` alone.
    """

    stage: str
    probability: Decimal
    count: int
    amount_minor: int
    zombies: int = 0
    zombie_minor: int = 0
    left_out: int = 0

    @property
    def clean_minor(self) -> int:
        """Give the amount without zombies."""
        return self.amount_minor - self.zombie_minor


@dataclass(frozen=True, slots=True)
class Pipeline:
    """Every stage in order, with totals (rulebook, section 4: probability and cleanliness)."""

    lines: tuple[StageLine, ...] = ()

    @property
    def amount_minor(self) -> int:
        """Give the whole open amount."""
        return sum(line.amount_minor for line in self.lines)

    @property
    def clean_minor(self) -> int:
        """Give the open amount without zombies."""
        return sum(line.clean_minor for line in self.lines)

    @property
    def weighted_minor(self) -> int:
        """Give the amount weighted by probability: 1M in each of P1 to P5 (10, 30, 60, 80, 90 %) is 2.7M."""
        return weigh((line.amount_minor, line.probability) for line in self.lines)

    @property
    def clean_weighted_minor(self) -> int:
        """Give the weighted amount without zombies."""
        return weigh((line.clean_minor, line.probability) for line in self.lines)


def weigh(amounts: Iterable[tuple[int, Decimal]]) -> int:
    """Sum amounts times their probability in percent, rounded half up once, at the end."""
    exact = sum((Decimal(amount) * percent for amount, percent in amounts), Decimal(0)) / 100
    return int(exact.to_integral_value(ROUND_HALF_UP))


def pipeline_statement(zombies: Sequence[str], currency: str) -> Statement:
    """Compile the open deals by stage; ``zombies`` are the ids that will not close."""
    return Statement(
        """
        SELECT o.stage, any_value(s.probability) AS probability,
               count(*) FILTER (held) AS deals, CAST(sum(o.amount_minor) FILTER (held) AS BIGINT) AS amount_minor,
               count(*) FILTER (held AND zombie) AS zombies,
               CAST(sum(o.amount_minor) FILTER (held AND zombie) AS BIGINT) AS zombie_minor,
               count(*) FILTER (NOT held) AS left_out
        FROM (SELECT *, coalesce(currency, $1) = $1 AS held, id IN (SELECT unnest(string_split($2, ','))) AS zombie
              FROM opportunities WHERE is_closed = false) AS o
        LEFT JOIN stages AS s ON s.stage = o.stage
        GROUP BY o.stage
        ORDER BY any_value(s.place) NULLS LAST, o.stage
        """,
        (currency, ",".join(zombies)),
    )


def read_pipeline(rows: Iterable[Row]) -> Pipeline:
    """Read the answer to :func:`pipeline_statement`; a stage the process does not know weighs nothing."""
    return Pipeline(
        tuple(
            StageLine(
                stage=text(row, "stage"),
                probability=Decimal(text(row, "probability") or "0"),
                count=number(row, "deals"),
                amount_minor=number(row, "amount_minor"),
                zombies=number(row, "zombies"),
                zombie_minor=number(row, "zombie_minor"),
                left_out=number(row, "left_out"),
            )
            for row in rows
        )
    )
