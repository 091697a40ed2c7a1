"""Invented companies: a name no other has, a domain, an address, a size."""

from dataclasses import dataclass
from functools import cache
from random import Random
from typing import NamedTuple

from syncagent.sandbox.generate.identifiers import corporate_number
from syncagent.sandbox.generate.spelling import official, respell
from syncagent.sandbox.generate.streams import Streams, chance, weighted
from syncagent.sandbox.generate.vocabulary import pairs, shares, words

MODERN_EVERY = 4
_SIZES = ((30, 18), (80, 30), (220, 26), (600, 15), (1800, 8), (5200, 3))


@dataclass(frozen=True, slots=True)
class Company:
    """One company as it really is, with the spelling each system holds."""

    number: int
    registered_name: str
    salesforce_name: str
    hubspot_name: str
    short_name: str
    domain: str
    corporate_number: str
    industry: str
    employees: int
    prefecture: str
    city: str
    street: str
    postal_code: str
    area_code: str
    phone: str


class Companies:
    """All companies there could be, by number; the order of their names follows from the seed."""

    def __init__(self, streams: Streams) -> None:
        self._streams = streams
        self._orders = [list(range(len(_entries(modern)))) for modern in (False, True)]
        for modern, order in enumerate(self._orders):
            streams.of("company names", modern).shuffle(order)

    def found(self, number: int) -> Company:
        """The number-th company; raises ValueError when the words for new names run out."""
        modern = number % MODERN_EVERY == 0
        place = number // MODERN_EVERY if modern else number - number // MODERN_EVERY - 1
        round_number, index = divmod(place, len(_entries(modern)))
        regions = pairs("companies", "regions")
        if round_number > len(regions):
            raise ValueError(f"Company names are used up after {number:,} companies; ask for fewer contacts.")
        region, region_romaji = regions[round_number - 1] if round_number else ("", "")
        entry = _entries(modern)[self._orders[modern][index]]
        name = f"{region}{entry.core}{entry.suffix}"
        romaji = "-".join(filter(None, (region_romaji, entry.core_romaji, entry.suffix_romaji)))
        return _company(self._streams.of("company", number), number, name, romaji, entry.industry)


def _company(rng: Random, number: int, name: str, romaji: str, industry: str) -> Company:
    legal_form, front = weighted(rng, shares("companies", "legal_forms"))
    registered = official(legal_form, front, name)
    spellings = [registered, registered]
    if chance(rng, 0.42):  # share of companies spelled differently
        spellings[chance(rng, 0.7)] = respell(rng, legal_form, front, name)  # more often in HubSpot
    prefecture, city, postal, area = weighted(rng, shares("companies", "places"))
    employees = int(weighted(rng, _SIZES) * (0.6 + rng.random()))
    return Company(
        number=number,
        registered_name=registered,
        salesforce_name=spellings[0],
        hubspot_name=spellings[1],
        short_name=name,
        domain=f"{romaji}.example",  # a reserved name: mail to it can reach nobody
        corporate_number=corporate_number(number),
        industry=industry,
        employees=employees,
        prefecture=prefecture,
        city=city,
        street=_street(rng),
        postal_code=f"{postal}-{rng.randrange(1, 90):04d}",
        area_code=area,
        phone=phone_number(rng, area),
    )


def _street(rng: Random) -> str:
    district = rng.choice(words("companies")["streets"])
    return f"{district}{rng.randrange(1, 6)}-{rng.randrange(1, 29)}-{rng.randrange(1, 20)}"


def phone_number(rng: Random, area_code: str) -> str:
    """A landline whose exchange starts with 0, which Japan never assigns; ten digits in all."""
    exchange = f"{rng.randrange(10 ** (5 - len(area_code))):0{5 - len(area_code)}d}"
    return f"{area_code}-0{exchange}-{rng.randrange(10_000):04d}"


class _Entry(NamedTuple):
    core: str
    core_romaji: str
    suffix: str
    suffix_romaji: str
    industry: str


@cache
def _entries(modern: bool) -> tuple[_Entry, ...]:
    """Every core with every suffix."""
    core_key, suffix_key = ("modern_cores", "modern_suffixes") if modern else ("cores", "suffixes")
    suffixes = [(*entry[0].split(" "), entry[1]) for entry in words("companies")[suffix_key]]
    return tuple(_Entry(*core, *suffix) for core in pairs("companies", core_key) for suffix in suffixes)
