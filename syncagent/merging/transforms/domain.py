"""Web addresses: compared by host name; a full address in Salesforce, the bare domain in HubSpot."""

from __future__ import annotations

import re
import unicodedata

from syncagent.merging.transforms.text import clean
from syncagent.merging.transforms.transform import NotReadable, Spot, Transform

_HOST = re.compile(
    r"(?:[a-z][a-z0-9+.-]*://)?(?:[^/@]*@)?(?:www\.)?([^/:?#\s@]+\.[^/:?#\s@.]+)\.?(?::[0-9]+)?(?:[/?#].*)?"
)


def _read(value: str | int | bool, spot: Spot) -> str:
    found = _HOST.fullmatch(unicodedata.normalize("NFKC", clean(str(value)).lower()).strip())
    if found is None:
        raise NotReadable(spot.say("not_site", value=value))
    return found[1].removeprefix("www.")


def _write(canonical: str | int | bool, spot: Spot) -> str:
    return f"https://{canonical}" if spot.system == "salesforce" else str(canonical)


TRANSFORM = Transform("domain", _read, _write)
