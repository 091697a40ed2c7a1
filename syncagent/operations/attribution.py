"""Attribution: build journeys from the mirror or from two files, and credit them under the asked models."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import get_args
from zoneinfo import ZoneInfo

from syncagent import attribution as core
from syncagent.domain.money import Money
from syncagent.domain.records import Record, State, canonical_id
from syncagent.domain.time import parse_instant
from syncagent.errors import UsageError
from syncagent.operations.installation import Installation
from syncagent.store import ReadTx, mirror

SHOWN_MODELS = ("first_touch", "last_touch", "linear", "u_shaped", "w_shaped", "time_decay_30d")
"""What a report shows when nobody asks for models; a B2B deal takes months, so the half-life is a month."""


@dataclass(frozen=True, slots=True)
class Credited:
    """An attribution with the names of its campaigns, the journeys it rests on, and how far back those look."""

    attribution: core.Attribution
    labels: Mapping[str, str]
    journeys: core.JourneySet
    lookback_days: int


def attribute(installation: Installation, models: Sequence[str], as_of: datetime) -> Credited:
    """Credit the won deals in the mirror as they stood at ``as_of``."""
    with installation.store.read() as tx:
        rows = crm_rows(tx, installation.settings.currency)
    policy = core.Policy(zone=installation.settings.timezone)
    journeys = core.build_journeys(rows, policy, as_of)
    result = core.credit(journeys.journeys, core.find_models(models or SHOWN_MODELS))
    labels = core.label_campaigns(rows.campaigns, {row.touch.campaign for row in result.credits})
    return Credited(result, labels, journeys, policy.lookback_days)


def attribute_files(opportunities: Path, touches: Path, models: Sequence[str]) -> Credited:
    """Credit the deals of two CSV files, all standard models unless some are named."""
    policy = core.Policy(zone=ZoneInfo("UTC"))
    journeys = core.read_journeys(_text(opportunities), _text(touches), policy)
    result = core.credit(journeys.journeys, core.find_models(models))
    campaigns = {row.touch.campaign for row in result.credits}
    return Credited(result, core.label_campaigns((), campaigns), journeys, policy.lookback_days)


def _text(path: Path) -> core.TextFile:
    try:
        return core.TextFile(str(path), path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise UsageError(f"{path} is not UTF-8 text; save it as UTF-8 and try again") from None


def parse_by(word: str) -> core.By:
    """Read the grouping of a summary.

    Raises:
        UsageError: naming the legal words.
    """
    for legal in get_args(core.By):
        if word == legal:
            return legal  # type: ignore[no-any-return]  # one of By's own words
    raise UsageError(f"--by {word}: legal are {', '.join(get_args(core.By))}")


def crm_rows(tx: ReadTx, currency: str) -> core.CrmRows:
    """Read everything journeys are built from out of the mirror."""
    return core.CrmRows(
        opportunities=tuple(_opportunities(tx, currency)),
        people=tuple(_people(tx)),
        roles=tuple(_roles(tx)),
        members=tuple(_members(tx)),
        campaigns=tuple(_campaigns(tx)),
        stages=tuple(_stages(tx)),
    )


def _opportunities(tx: ReadTx, currency: str) -> Iterator[core.OpportunityRow]:
    for record in mirror.records(tx, "salesforce", "Opportunity"):
        code = str(record.get("CurrencyIsoCode") or currency)
        amount = record.get("Amount")
        yield core.OpportunityRow(
            id=record.ref.id,
            amount=Money.parse(str(amount), code) if amount is not None else Money(0, code),
            created=_instant(record, "CreatedDate") or record.modified,
            close_date=_day(record, "CloseDate") or record.modified.date(),
            account=_id(record, "AccountId"),
            won=record.get("IsWon") is True,
            closed=record.get("IsClosed") is True,
        )


def _people(tx: ReadTx) -> Iterator[core.PersonRow]:
    for record in mirror.records(tx, "salesforce", "Lead", states=tuple(State)):
        yield core.PersonRow(
            id=record.ref.id,
            kind="lead",
            created=_instant(record, "CreatedDate") or record.modified,
            successor=record.successor or _id(record, "ConvertedContactId"),
            opportunity=_id(record, "ConvertedOpportunityId"),
        )
    for record in mirror.records(tx, "salesforce", "Contact", states=tuple(State)):
        yield core.PersonRow(
            id=record.ref.id,
            kind="contact",
            created=_instant(record, "CreatedDate") or record.modified,
            account=_id(record, "AccountId"),
            successor=record.successor,
        )


def _roles(tx: ReadTx) -> Iterator[core.ContactRoleRow]:
    for record in mirror.records(tx, "salesforce", "OpportunityContactRole"):
        opportunity, contact = _id(record, "OpportunityId"), _id(record, "ContactId")
        if opportunity and contact:
            yield core.ContactRoleRow(opportunity, contact, _instant(record, "CreatedDate"))


def _members(tx: ReadTx) -> Iterator[core.CampaignMemberRow]:
    for record in mirror.records(tx, "salesforce", "CampaignMember"):
        campaign, person = _id(record, "CampaignId"), _id(record, "ContactId") or _id(record, "LeadId")
        if campaign and person:
            yield core.CampaignMemberRow(
                id=record.ref.id,
                campaign=campaign,
                person=person,
                created=_instant(record, "CreatedDate") or record.modified,
                first_responded=_day(record, "FirstRespondedDate"),
                responded=record.get("HasResponded") is True,
            )


def _campaigns(tx: ReadTx) -> Iterator[core.CampaignRow]:
    for record in mirror.records(tx, "salesforce", "Campaign", states=tuple(State)):
        yield core.CampaignRow(
            id=record.ref.id,
            name=str(record.get("Name") or ""),
            channel=str(record.get("Type") or ""),
            parent=_id(record, "ParentId"),
            deleted=record.state is not State.LIVE,
        )


def _stages(tx: ReadTx) -> Iterator[core.StageRow]:
    kinds = {
        str(record.get("stage")): (record.get("is_won") is True, record.get("is_closed") is True)
        for record in mirror.records(tx, "salesforce", "stages")
    }
    for opportunity, stage, at in mirror.stage_entries(tx, "salesforce", "Opportunity"):
        won, closed = kinds.get(stage, (False, False))
        yield core.StageRow(opportunity, at, won=won, closed=closed)


def _id(record: Record, name: str) -> str | None:
    value = record.get(name)
    return canonical_id("salesforce", str(value)) if value else None


def _instant(record: Record, name: str) -> datetime | None:
    value = record.get(name)
    return parse_instant(str(value)) if value else None


def _day(record: Record, name: str) -> date | None:
    value = record.get(name)
    return date.fromisoformat(str(value)[:10]) if value else None
