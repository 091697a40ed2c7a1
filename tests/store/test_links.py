from __future__ import annotations

from syncagent.domain.changes import Conflict
from syncagent.domain.records import Fields, Link, RecordRef
from syncagent.store import Store, links
from syncagent.store.links import BaseChange


def ends(number: int, object_name: str = "Lead") -> tuple[RecordRef, RecordRef]:
    return RecordRef("salesforce", object_name, f"00Q{number}"), RecordRef("hubspot", "contacts", str(number))


def person(number: int, base: Fields | None = None, object_name: str = "Lead") -> Link:
    return Link("person", *ends(number, object_name), "email", base or {})


def test_links_are_found_from_either_side(store: Store) -> None:
    with store.write() as tx:
        links.add_links(tx, [person(1, {"email": "a"}), person(2), Link("deal", *ends(1), "created")])
    with store.read() as tx:
        assert links.links(tx, "person") == [person(1, {"email": "a"}), person(2)]
        for ref in ends(1):
            assert links.link_of(tx, "person", ref) == person(1, {"email": "a"})
            assert links.link_of(tx, "company", ref) is None
        assert links.links(tx, "person", [*ends(1), *ends(2), *ends(3)]) == [person(1, {"email": "a"}), person(2)]
        assert links.links(tx, "person", []) == []


def test_a_contact_may_be_linked_to_a_lead_and_the_contact_it_became(store: Store) -> None:
    both = [person(1, object_name="Contact"), person(1)]
    with store.write() as tx:
        links.add_links(tx, both)
    with store.read() as tx:
        assert links.links(tx, "person", [ends(1)[1]]) == both


def test_an_existing_link_keeps_its_base(store: Store) -> None:
    for base in ({"email": "agreed"}, {"email": "later"}):
        with store.write() as tx:
            links.add_links(tx, [person(1, base)])
    with store.read() as tx:
        assert links.links(tx, "person") == [person(1, {"email": "agreed"})]


def test_a_removed_link_is_gone_and_may_come_back_without_its_base(store: Store) -> None:
    with store.write() as tx:
        links.add_links(tx, [person(1, {"email": "a"}), person(2)])
        links.remove_link(tx, person(1))
    with store.read() as tx:
        assert links.links(tx, "person") == [person(2)]
    with store.write() as tx:
        links.add_links(tx, [person(1)])
    with store.read() as tx:
        assert links.link_of(tx, "person", ends(1)[0]) == person(1)


def test_many_links_cross_batches(store: Store) -> None:
    with store.write() as tx:
        links.add_links(tx, (person(n) for n in range(1100)))
        links.add_links(tx, (person(n, {"late": 1}) for n in range(1200)))
    with store.read() as tx:
        found = links.links(tx, "person", [ends(n)[1] for n in range(1200)])
    assert len(found) == 1200
    assert sum(bool(link.base) for link in found) == 100


def test_a_run_remembers_what_it_did_to_a_base_newest_first(store: Store) -> None:
    with store.write() as tx:
        links.add_links(tx, [person(1, {"email": "a", "dropped": 1, "same": True})])
        links.save_base(tx, person(1), {"email": "b", "blank": None, "same": True}, "run-1")
        links.save_base(tx, person(1), {"email": "c", "blank": None, "same": True})
    with store.read() as tx:
        now = person(1, {"email": "c", "blank": None, "same": True})
        assert links.link_of(tx, "person", ends(1)[0]) == now
        assert links.base_changes(tx, "run-1") == [
            BaseChange(now, "email", "a", "b"),
            BaseChange(now, "dropped", 1, None, removed=True),
            BaseChange(now, "blank", None, None, added=True),
        ]
        assert links.base_changes(tx, "run-2") == []


def conflict(number: int, field: str, value: str = "x") -> Conflict:
    salesforce, hubspot = ends(number)
    return Conflict("person", field, salesforce, hubspot, value, None, "base", "no rule settles it")


def test_conflicts_of_the_records_looked_at_are_replaced_and_others_stay(store: Store) -> None:
    with store.write() as tx:
        first = [conflict(1, "phone"), conflict(1, "title"), conflict(2, "phone")]
        links.replace_conflicts(tx, "person", [ref for n in (1, 2) for ref in ends(n)], first)
    with store.write() as tx:
        links.replace_conflicts(tx, "person", [ends(1)[0]], [conflict(1, "phone", "y")])
    with store.read() as tx:
        assert links.open_conflicts(tx) == [conflict(1, "phone", "y"), conflict(2, "phone")]
    with store.write() as tx:
        links.replace_conflicts(tx, "person", [ends(2)[1]], [])
        links.replace_conflicts(tx, "deal", [ends(1)[1]], [])
    with store.read() as tx:
        assert links.open_conflicts(tx) == [conflict(1, "phone", "y")]
