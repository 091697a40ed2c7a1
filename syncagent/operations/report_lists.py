"""The lists of the pack: findings with their money, the clean pipeline, linkage, and what campaigns earned."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta

from syncagent import attribution as core
from syncagent.domain.findings import Finding, FindingState
from syncagent.domain.money import Money
from syncagent.domain.records import Record, RecordRef
from syncagent.domain.time import start_of_day
from syncagent.kpi import (
    LINKAGE,
    Behind,
    CampaignLine,
    HygieneLine,
    LinkageLine,
    Named,
    Pipeline,
    Week,
    lacking_statement,
    pipeline_statement,
    read_pipeline,
)
from syncagent.kpi.linkage import LinkName
from syncagent.kpi.rows import number, text
from syncagent.operations.attribution import attribute
from syncagent.operations.installation import Installation
from syncagent.operations.names import look_up_names
from syncagent.operations.report_numbers import RECORDS_SHOWN, Asking
from syncagent.store import findings, mirror

CAMPAIGNS_SHOWN = 8
MODEL_SHOWN = "linear"


def open_findings(installation: Installation) -> list[Finding]:
    """Read what policies found and nobody cured yet."""
    with installation.store.read() as tx:
        return findings.open_findings(tx)


def hygiene_lines(installation: Installation, found: Sequence[Finding]) -> list[HygieneLine]:
    """Count each policy's open findings by state, with the money of the deals concerned and their names."""
    amounts = _amounts(installation, {item.ref.id for item in found})
    groups: dict[tuple[str, FindingState], list[RecordRef]] = defaultdict(list)
    for item in found:
        groups[item.policy, item.state].append(item.ref)
    shown = {ref for refs in groups.values() for ref in _first(refs, amounts)}
    names = look_up_names(installation, shown)
    lines = []
    for (policy, state), refs in sorted(groups.items()):
        total = Money(sum(amounts.get(ref, 0) for ref in refs), installation.settings.currency)
        records = tuple(Named(str(ref), names.get(ref, "")) for ref in _first(refs, amounts))
        lines.append(HygieneLine(policy, state, len(refs), total, Behind(records, len(refs))))
    return lines


def _first(refs: Iterable[RecordRef], amounts: Mapping[RecordRef, int]) -> list[RecordRef]:
    return sorted(refs, key=lambda ref: (-amounts.get(ref, 0), ref))[:RECORDS_SHOWN]


def _amounts(installation: Installation, ids: set[str]) -> dict[RecordRef, int]:
    """Read the amounts of deals in the org's currency, in minor units."""
    currency = installation.settings.currency
    with installation.store.read() as tx:
        return {
            record.ref: Money.parse(str(record.get("Amount")), currency).amount_minor
            for record in mirror.records(tx, "salesforce", "Opportunity", ids)
            if record.get("Amount") is not None and _code(record, currency) == currency
        }


def _code(record: Record, currency: str) -> str:
    return str(record.get("CurrencyIsoCode") or currency)


def pipeline(asking: Asking, found: Iterable[Finding], zombie_policies: Sequence[str]) -> Pipeline:
    """Read the open pipeline, and what is left without the deals those policies found."""
    zombies = sorted({item.ref.id for item in found if item.policy in zombie_policies})
    return read_pipeline(asking.rows(pipeline_statement(zombies, asking.currency)))


def linkage(asking: Asking) -> list[LinkageLine]:
    """Tell which won deals can be traced, which cannot, and how many people are linked."""
    (row,) = asking.rows(LINKAGE)
    won = number(row, "won")
    names: tuple[LinkName, ...] = ("campaign", "person", "cost")
    lines = [
        LinkageLine(name, number(row, name), won, _lacking(asking, name, won - number(row, name))) for name in names
    ]
    return [*lines, LinkageLine("linked", number(row, "linked"), number(row, "contacts"))]


def _lacking(asking: Asking, name: LinkName, count: int) -> Behind:
    rows = asking.rows(lacking_statement(name, RECORDS_SHOWN)) if count else []
    records = tuple(
        Named(str(RecordRef("salesforce", "Opportunity", text(row, "id"))), text(row, "name")) for row in rows
    )
    return Behind(records, count)


def campaign_lines(installation: Installation, week: Week) -> list[CampaignLine]:
    """List what campaigns earned from deals won up to the end of the week, largest first."""
    end = min(start_of_day(week.last + timedelta(days=1), installation.settings.timezone), installation.clock())
    credited = attribute(installation, [MODEL_SHOWN], end)
    rows = core.summarise(credited.attribution, "campaign", credited.labels)
    shown = [row for row in rows if row.key != core.UNATTRIBUTED][:CAMPAIGNS_SHOWN]
    shown += [row for row in rows if row.key == core.UNATTRIBUTED]
    return [CampaignLine(row.label or row.key, Money(row.credit_minor, row.currency), row.deals) for row in shown]
