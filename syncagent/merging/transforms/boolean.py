"""Checkboxes: true/false in Salesforce, "true"/"false" in HubSpot; a blank is an unticked box."""

from __future__ import annotations

from syncagent.merging.transforms.transform import NotReadable, Spot, Transform

_WORDS = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}


def _read(value: str | int | bool, spot: Spot) -> bool:
    try:
        return _WORDS[str(value).strip().lower()]
    except KeyError:
        raise NotReadable(spot.say("not_boolean", value=value)) from None


def _write(canonical: str | int | bool, spot: Spot) -> str | bool:
    return bool(canonical) if spot.system == "salesforce" else str(bool(canonical)).lower()


TRANSFORM = Transform("boolean", _read, _write, ordered=True, blank=False)
