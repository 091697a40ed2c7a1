"""The weekly pack: read the metrics and the lists of the week, and put them on one page."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from syncagent.domain.time import day_number
from syncagent.kpi import (
    HOUSE,
    DealCheck,
    Definitions,
    Featured,
    Pack,
    PackRules,
    Response,
    Week,
    deal_check_statement,
    decisions_statement,
    featured_statement,
    load_definitions,
    parse_week,
    propose_actions,
    read_deals,
    read_featured,
    read_funnel,
    read_house,
    read_metrics,
    read_response,
    response_statement,
    story_statement,
    week_before,
    week_of,
    weeks_until,
)
from syncagent.kpi.featured import LOOK_BACK_DAYS
from syncagent.operations.configuration import files_of
from syncagent.operations.installation import Installation
from syncagent.operations.report_lists import campaign_lines, hygiene_lines, linkage, open_findings, pipeline
from syncagent.operations.report_numbers import Asking, measure
from syncagent.operations.views import columns_of_views, refresh_views
from syncagent.store import links

WEEKS_SHOWN = 8
"""Weeks of a trend."""
DEALS_SHOWN = 200
"""Deals the deal check lists, the most pressing first; its totals count all."""
_FRIDAY = 11
"""Days from the asked week's Monday to the Friday after it, when proposed actions are due."""


def weekly_pack(installation: Installation, week_name: str | None) -> Pack:
    """Make the pack of a week, by default the last full one.

    Raises:
        UsageError: not a week.
        ConfigurationError: a KPI file is wrong.
    """
    zone, now = installation.settings.timezone, installation.clock()
    week = parse_week(week_name) if week_name else week_before(week_of(now, zone))
    definitions = read_definitions(installation.configuration.folder)
    rules = definitions.rules or PackRules()
    refresh_views(installation)
    asking = Asking(installation, week, WEEKS_SHOWN)
    readings = read_metrics(definitions.metrics, measure(asking, definitions.metrics))
    found = open_findings(installation)
    deals, featured = _deal_check(asking, rules), _featured(asking, rules)
    return Pack(
        org=installation.settings.org,
        week=week,
        zone=installation.settings.zone,
        currency=asking.currency,
        made_at=now,
        readings=readings,
        rules=rules,
        weeks=weeks_until(week, WEEKS_SHOWN),
        funnel=read_funnel(readings),
        response=_response(asking, rules),
        featured=featured,
        actions=propose_actions(deals.lines, featured, week.first + timedelta(days=_FRIDAY)),
        deal_check=deals,
        house=read_house(asking.rows(HOUSE)),
        pipeline=pipeline(asking, found, rules.zombie_policies),
        hygiene=tuple(hygiene_lines(installation, found)),
        campaigns=tuple(campaign_lines(installation, week)),
        linkage=tuple(linkage(asking)),
        conflicts=_conflicts(installation),
    )


def read_definitions(config: Path) -> Definitions:
    """Read all KPI files in force, in file order; the last rules given for the lists hold."""
    views = columns_of_views()
    read = [load_definitions(path.read_bytes(), str(path), views) for path in files_of(config, "policies/kpi")]
    rules = [each.rules for each in read if each.rules is not None]
    return Definitions(tuple(metric for each in read for metric in each.metrics), rules[-1] if rules else None)


def _deal_check(asking: Asking, rules: PackRules) -> DealCheck:
    listed = asking.rows(deal_check_statement(rules, today=asking.today, limit=DEALS_SHOWN))
    totals = asking.rows(decisions_statement(rules, today=asking.today, currency=asking.currency))
    return read_deals(listed, totals, asking.currency)


def _featured(asking: Asking, rules: PackRules) -> tuple[Featured, ...]:
    last = day_number(asking.week.last)
    first = last - LOOK_BACK_DAYS + 1
    rows = asking.rows(featured_statement(rules, first=first, last=last, today=min(asking.today, last)))
    stories = asking.rows(story_statement([str(row["id"]) for row in rows], last))
    return read_featured(rows, stories, asking.currency)


def _response(asking: Asking, rules: PackRules) -> Response:
    first, last = _days(asking.week, asking.weeks)
    statement = response_statement(first, last, today=asking.today, neglected_days=rules.neglected_days)
    (row,) = asking.rows(statement)
    return read_response(row)


def _days(week: Week, weeks: int) -> tuple[int, int]:
    return day_number(weeks_until(week, weeks)[0].first), day_number(week.last)


def _conflicts(installation: Installation) -> int:
    with installation.store.read() as tx:
        return len(links.open_conflicts(tx))
