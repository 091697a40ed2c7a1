"""Owners: ids differ by system, the e-mail address is the same person's in both."""

from __future__ import annotations

from syncagent.domain.records import canonical_id
from syncagent.merging.transforms.transform import NotReadable, NotWritable, Spot, Transform


def _read(value: str | int | bool, spot: Spot) -> str:
    owner = canonical_id(spot.system, str(value).strip())
    address = _known(spot).get(owner)
    if address is None:
        raise NotReadable(spot.say("unknown_owner", owner=owner))
    return address


def _write(canonical: str | int | bool, spot: Spot) -> str:
    retired = {canonical_id(spot.system, owner) for owner in spot.around.retired.get(spot.system, ())}
    ids = sorted(owner for owner, address in _known(spot).items() if address == canonical and owner not in retired)
    if not ids:
        raise NotWritable(spot.say("inactive_owner", owner=canonical))
    return ids[0]


def _known(spot: Spot) -> dict[str, str]:
    owners = spot.around.owners.get(spot.system, {})
    return {canonical_id(spot.system, owner): address.strip().lower() for owner, address in owners.items()}


TRANSFORM = Transform("owner", _read, _write)
