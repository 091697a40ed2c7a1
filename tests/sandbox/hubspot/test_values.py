"""Values against the reviewed cases of cases/values.yaml."""

from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from syncagent.sandbox.hubspot.definitions import PropertyDef, parse_options
from syncagent.sandbox.hubspot.values import TEXT_LENGTH_MAX, ValueRefused, canonical

CASES: list[dict[str, Any]] = YAML(typ="safe").load((Path(__file__).parent / "cases/values.yaml").read_text("utf-8"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['kind']}-{case['sent']}")
def test_value(case: dict[str, Any]) -> None:
    kind = case["kind"]
    rows = [{"value": value, "label": value} for value in ("a", "b")] if kind == "enumeration" else []
    field = case.get("field", "select")
    definition = PropertyDef(case.get("name", "x"), "X", kind, field, "g", options=parse_options(rows, kind))
    if "refused" in case:
        with pytest.raises(ValueRefused) as refused:
            canonical(definition, case["sent"])
        assert refused.value.code == case["refused"]
        assert str(case["sent"]).split(";")[-1] in refused.value.message
    else:
        assert canonical(definition, case["sent"]) == case["kept"]


def test_a_time_of_day_in_a_date_is_told() -> None:
    definition = PropertyDef("x", "X", "date", "date", "g")
    with pytest.raises(ValueRefused, match=r"1505779200123 is at 00:00:00\.123 UTC, not midnight!"):
        canonical(definition, "1505779200123")


def test_a_text_has_a_longest_length() -> None:
    definition = PropertyDef("x", "X", "string", "text", "g")
    assert len(canonical(definition, "x" * TEXT_LENGTH_MAX)) == TEXT_LENGTH_MAX
    with pytest.raises(ValueRefused):
        canonical(definition, "x" * (TEXT_LENGTH_MAX + 1))


def test_an_owner_must_exist_where_owners_are_known() -> None:
    definition = PropertyDef("hubspot_owner_id", "Owner", "enumeration", "select", "g", external_options=True)
    assert canonical(definition, "101", {"101"}) == "101"
    assert canonical(definition, "999") == "999"
    with pytest.raises(ValueRefused):
        canonical(definition, "501", {"101"})
