"""Decides whether a Salesforce person has a HubSpot contact, who knows of whom, and how the two are written."""

from random import Random

from syncagent.sandbox.generate.differences import plant_difference
from syncagent.sandbox.generate.people import Person
from syncagent.sandbox.generate.streams import chance, weighted
from syncagent.sandbox.generate.twins import Twin
from syncagent.sandbox.generate.vocabulary import words
from syncagent.sandbox.generate.workshop import Workshop

LINKS = (("both", 66), ("hubspot_knows", 3), ("salesforce_knows", 2), ("email", 15), ("none", 14))
SWAPPED_EVERY = 200
_VARIANT_SHARE, _CAPITALS_SHARE = 0.3, 0.02
_WIDE_DIGITS = {code: chr(code + 0xFEE0) for code in b"0123456789-"}
_PHONE_STYLES = (("international", 50), ("wide", 5), ("bare", 20), ("plain", 25))


def twin_of(workshop: Workshop, rng: Random, person: Person, salesforce_id: str, created: int, *, alone: bool) -> Twin:
    """Decide the person's twin and their differences; an `alone` person has no HubSpot contact."""
    link = "none" if alone else weighted(rng, LINKS)
    if link == "email" and not person.email:
        link = "none"
    view = {
        "family": person.family,
        "given": person.given,
        "email": person.email,
        "title": person.title,
        "department": person.department,
        "phone": person.phone,
        "mobile": person.mobile,
    }
    if link == "none":
        return Twin(link, None, view, {})
    twin = Twin(link, workshop.ids.hubspot("contacts"), view, dict(view))
    style = weighted(rng, _PHONE_STYLES)
    for phone in ("phone", "mobile"):
        twin.hubspot[phone] = _as_typed(style, view[phone])
    _vary_names(workshop, rng, twin, salesforce_id)
    if link == "both":
        plant_difference(workshop, rng, twin, salesforce_id, created)
    return twin


def _vary_names(workshop: Workshop, rng: Random, twin: Twin, salesforce_id: str) -> None:
    """Another character for the family name, the names in the wrong order, capitals in the address."""
    values = twin.hubspot
    variant = words("people")["family_variants"].get(values["family"])
    if variant and chance(rng, _VARIANT_SHARE):
        values["family"] = variant
        workshop.truth.plant("name_variant", salesforce=salesforce_id, hubspot=twin.hubspot_id)
    elif workshop.due("swapped", SWAPPED_EVERY):
        values["family"], values["given"] = values["given"], values["family"]
        workshop.truth.plant("name_order_swapped", salesforce=salesforce_id, hubspot=twin.hubspot_id)
    if twin.salesforce["email"] and chance(rng, _CAPITALS_SHARE):
        local, _, domain = twin.salesforce["email"].partition("@")
        twin.salesforce["email"] = f"{local.title()}@{domain}"


def _as_typed(style: str, number: str) -> str:
    """The same number as HubSpot holds it: with country code, in wide digits, without hyphens, or plainly."""
    if not number or style == "plain":
        return number
    if style == "international":
        return "+81" + number.replace("-", "")[1:]
    return number.translate(_WIDE_DIGITS) if style == "wide" else number.replace("-", "")
