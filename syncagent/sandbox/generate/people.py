"""Invented people at a company: name, title, department, ways to reach them."""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from syncagent.sandbox.generate.companies import Company, phone_number
from syncagent.sandbox.generate.streams import chance, skewed, weighted
from syncagent.sandbox.generate.vocabulary import pairs, shares, words

_ADDRESS_STYLES = (
    "{g[0]}.{f}",
    "{g}.{f}",
    "{f}",
    "{f}.{g}",
    "{f}-{g[0]}",
    "{g}_{f}",
    "{g[0]}-{f}",
)
_FREE_MAIL_SHARE, _NO_MAIL_SHARE, _EXECUTIVE_SHARE, _MOBILE_SHARE = 0.04, 0.04, 0.06, 0.45


@dataclass(frozen=True, slots=True)
class Person:
    """One person as they really are; `email`, `title`, `department` and the phones may be empty."""

    family: str
    given: str
    romaji: tuple[str, str]
    email: str
    title: str
    department: str
    phone: str
    mobile: str


class Addresses:
    """Gives each person of one company an address of their own, in the company's style."""

    def __init__(self, company: Company, rng: Random) -> None:
        self._domain = company.domain
        self._style = _ADDRESS_STYLES[rng.randrange(len(_ADDRESS_STYLES))]
        self._taken: dict[str, int] = {}

    def of(self, family: str, given: str) -> str:
        """The next free address for these romaji names."""
        local = self._style.format(f=family, g=given)
        self._taken[local] = used = self._taken.get(local, 0) + 1
        return f"{local}{used if used > 1 else ''}@{self._domain}"


def meet(rng: Random, company: Company, addresses: Addresses) -> Person:
    """Somebody new at the company."""
    family, family_romaji = skewed(rng, pairs("people", "families"))
    given, given_romaji = _given(rng)
    executive = chance(rng, _EXECUTIVE_SHARE)
    title = weighted(rng, shares("people", "executives" if executive else "titles"))
    department = "" if executive else rng.choice(_departments())
    return Person(
        family,
        given,
        (family_romaji, given_romaji),
        _email(rng, family_romaji, given_romaji, addresses),
        title,
        department,
        company.phone if chance(rng, 0.5) else phone_number(rng, company.area_code),  # switchboard or own line
        mobile_number(rng) if chance(rng, _MOBILE_SHARE) else "",
    )


def free_mail(rng: Random, family: str, given: str) -> str:
    """A free-mail address with a hyphen, which that provider gives to nobody."""
    return f"{given}-{family}{rng.randrange(1, 100)}@gmail.com"


def mobile_number(rng: Random) -> str:
    """A mobile number in a block that starts with 0, which Japan does not assign."""
    return f"{rng.choice(('090', '080', '070'))}-0{rng.randrange(1000):03d}-{rng.randrange(10_000):04d}"


def _given(rng: Random) -> tuple[str, str]:
    return skewed(rng, pairs("people", "given_women" if chance(rng, 0.3) else "given_men"))  # share of women


def _departments() -> Sequence[str]:
    departments: Sequence[str] = words("people")["departments"]
    return departments


def _email(rng: Random, family: str, given: str, addresses: Addresses) -> str:
    kind = rng.random()
    if kind < _NO_MAIL_SHARE:
        return ""
    if kind < _NO_MAIL_SHARE + _FREE_MAIL_SHARE:
        return free_mail(rng, family, given)
    return addresses.of(family, given)
