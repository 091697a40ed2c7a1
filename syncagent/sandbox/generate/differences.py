"""Values that differ between the systems: newer on one side, changed on both, or empty on one."""

from random import Random
from typing import Any

from syncagent.sandbox.generate.companies import phone_number
from syncagent.sandbox.generate.moments import MINUTE, TODAY, at, hubspot_time, workday, working_moment
from syncagent.sandbox.generate.people import mobile_number
from syncagent.sandbox.generate.streams import weighted
from syncagent.sandbox.generate.twins import HUBSPOT_FIELDS, SALESFORCE_FIELDS, Twin
from syncagent.sandbox.generate.vocabulary import shares, words
from syncagent.sandbox.generate.workshop import Workshop

DIFFERENCE_EVERY, BLANK_EVERY = 33, 25
_RECENT_DAYS = 40
_SIDES = (("salesforce", 45), ("hubspot", 40), ("both", 15))
_BLANKED = ("title", "department", "phone")


def plant_difference(workshop: Workshop, rng: Random, twin: Twin, salesforce_id: str, created: int) -> None:
    """Now and then make a linked person's values differ, if the person is older than the differences."""
    if created > at(TODAY - _RECENT_DAYS - 5, 0):
        return
    if workshop.due("difference", DIFFERENCE_EVERY):
        _change(workshop, rng, twin, salesforce_id, created)
    elif workshop.due("blank", BLANK_EVERY):
        _blank(workshop, rng, twin, salesforce_id)


def _change(workshop: Workshop, rng: Random, twin: Twin, salesforce_id: str, created: int) -> None:
    """Give one side, or each side, a newer value of one field."""
    key, sides = rng.choice(list(SALESFORCE_FIELDS)), weighted(rng, _SIDES)
    before = twin.hubspot[key]
    values = _other_values(rng, key, twin.salesforce[key])
    for side, value in zip(("salesforce", "hubspot"), values, strict=True):
        if sides in (side, "both"):
            twin.view(side)[key] = value
            twin.changed[side] = working_moment(rng, workday(TODAY - 1 - rng.randrange(_RECENT_DAYS)))
    if "hubspot" in twin.changed:
        editor = workshop.staff.pick(rng, "marketing", twin.changed["hubspot"])
        twin.history[HUBSPOT_FIELDS[key]] = [
            _version(values[1], twin.changed["hubspot"], "CRM_UI", f"userId:{editor.hubspot_user}"),
            _version(before, created + 10 * MINUTE, "INTEGRATION", "syncagent"),
        ]
    kind = "values_changed_on_both_sides" if sides == "both" else f"value_newer_in_{sides}"
    _plant(workshop, kind, twin, salesforce_id, key)


def _version(value: str, moment: int, source: str, source_id: str) -> dict[str, Any]:
    return {"value": value, "timestamp": hubspot_time(moment), "sourceType": source, "sourceId": source_id}


def _other_values(rng: Random, key: str, old: str) -> tuple[str, str]:
    """Two values that are neither the old one nor each other."""
    if key == "title":
        pool = [title for title, _ in shares("people", "titles") if title]
    elif key == "department":
        pool = list(words("people")["departments"])
    elif key == "mobile":
        pool = [mobile_number(rng) for _ in range(5)]
    else:
        area = old.partition("-")[0] or "03"
        pool = [phone_number(rng, area) for _ in range(5)]
    first, second = rng.sample(sorted({*pool} - {old}), 2)
    return first, second


def _blank(workshop: Workshop, rng: Random, twin: Twin, salesforce_id: str) -> None:
    """Leave one field empty on one side that the other side knows."""
    key, side = rng.choice([key for key in _BLANKED if twin.salesforce[key]]), rng.choice(("salesforce", "hubspot"))
    twin.view(side)[key] = ""
    _plant(workshop, f"blank_in_{side}", twin, salesforce_id, key)


def _plant(workshop: Workshop, kind: str, twin: Twin, salesforce_id: str, key: str) -> None:
    workshop.truth.plant(
        kind,
        salesforce=salesforce_id,
        hubspot=twin.hubspot_id,
        field=SALESFORCE_FIELDS[key],
        property=HUBSPOT_FIELDS[key],
        in_salesforce=twin.salesforce[key],
        in_hubspot=twin.hubspot[key],
    )
