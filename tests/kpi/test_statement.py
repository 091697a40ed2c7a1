"""Measures against DuckDB: weeks, conditions, currencies, and the records behind."""

from __future__ import annotations

from syncagent.hygiene import VIEWS
from syncagent.kpi import Measure, Statement, measure_statement, parse_week, records_statement
from syncagent.language.conditions import Constant, Name, Same
from tests.kpi.warehouse import Warehouse, ids, on

WEEK = parse_week("2026-W46")
NEW = Measure("leads", "count", in_week="created_day")
OPEN = Same(Name("is_closed"), "=", Constant(False))
STOCK = Measure("opportunities", "count", where=OPEN)
SUM = Measure("opportunities", "sum", column="amount_minor", in_week="close_day", currency="currency")


def asked(measure: Measure, weeks: int = 3) -> Statement:
    return measure_statement(measure, WEEK, weeks, today=on("2026-11-16"), currency="JPY")


def listed(measure: Measure, limit: int = 10) -> Statement:
    columns = VIEWS[measure.over].types()
    return records_statement(measure, WEEK, columns, today=on("2026-11-16"), currency="JPY", limit=limit)


def values(house: Warehouse, measure: Measure) -> list[tuple[object, ...]]:
    rows = house.rows(asked(measure))
    return sorted((row["place"], row["value"], row["rows"], row["left_out"]) for row in rows)


def test_a_flow_is_read_week_by_week(house: Warehouse) -> None:
    days = ["2026-10-25", "2026-10-26", "2026-11-08", "2026-11-09", "2026-11-15", "2026-11-16"]
    house.add("leads", *({"id": day, "created_day": on(day)} for day in days))
    assert values(house, NEW) == [(0, 1, 1, 0), (1, 1, 1, 0), (2, 2, 2, 0)]


def test_a_converted_lead_still_came_a_deleted_one_did_not(house: Warehouse) -> None:
    day = on("2026-11-10")
    for state in ("live", "converted", "deleted", "merged"):
        house.add("leads", {"id": state, "created_day": day, "_state": state})
    assert values(house, NEW) == [(2, 2, 2, 0)]
    assert sorted(ids(house.rows(listed(NEW)))) == ["converted", "live"]


def test_a_stock_has_the_asked_week_alone(house: Warehouse) -> None:
    house.add("opportunities", {"id": "1", "is_closed": False}, {"id": "2", "is_closed": True})
    assert values(house, STOCK) == [(2, 1, 1, 0)]


def test_nothing_gives_no_row(house: Warehouse) -> None:
    assert values(house, NEW) == []
    assert values(house, STOCK) == []
    assert house.rows(listed(SUM)) == []


def test_a_sum_leaves_out_other_currencies_and_takes_a_blank_as_the_orgs(house: Warehouse) -> None:
    day = on("2026-11-10")
    house.add(
        "opportunities",
        {"id": "1", "close_day": day, "amount_minor": 100, "currency": "JPY"},
        {"id": "2", "close_day": day, "amount_minor": 50, "currency": None},
        {"id": "3", "close_day": day, "amount_minor": 9999, "currency": "USD"},
        {"id": "4", "close_day": day, "amount_minor": None, "currency": "JPY"},
    )
    assert values(house, SUM) == [(2, 150, 4, 1)]
    assert ids(house.rows(listed(SUM))) == ["1", "2", "4"]


def test_a_sum_beyond_32_bits_is_exact(house: Warehouse) -> None:
    rows = [{"id": str(n), "close_day": on("2026-11-10"), "amount_minor": 9_000_000_000_000_001} for n in range(3)]
    house.add("opportunities", *rows)
    assert values(house, SUM) == [(2, 27_000_000_000_000_003, 3, 0)]


def test_records_carry_the_names_people_know(house: Warehouse) -> None:
    day = on("2026-11-10")
    house.add("leads", {"id": "1", "created_day": day, "company": "さくら", "last_name": "髙橋", "first_name": None})
    house.add("events", {"id": "2", "start_day": day, "subject": "製品デモ"})
    assert house.rows(listed(NEW)) == [{"id": "1", "name": "さくら 髙橋"}]
    assert house.rows(listed(Measure("events", "count", in_week="start_day"))) == [{"id": "2", "name": "製品デモ"}]
    bare = records_statement(NEW, WEEK, ["id"], today=0, currency="JPY", limit=1)
    assert house.rows(bare) == [{"id": "1", "name": ""}]


def test_the_latest_records_come_first_and_the_list_ends(house: Warehouse) -> None:
    house.add("leads", *({"id": f"{n}", "created_day": on(f"2026-11-{n:02}")} for n in range(9, 14)))
    assert ids(house.rows(listed(NEW, limit=2))) == ["13", "12"]
    house.add("opportunities", *({"id": f"{n}", "is_closed": False} for n in range(3)))
    assert ids(house.rows(listed(STOCK))) == ["0", "1", "2"]


def test_values_are_bound(house: Warehouse) -> None:
    attack = "x' OR 1=1 --"
    measure = Measure("leads", "count", where=Same(Name("status"), "=", Constant(attack)))
    statement = asked(measure)
    assert attack not in statement.sql
    assert attack in statement.values
    assert house.rows(statement) == []
