"""The kinds of record the portal serves, under every name HubSpot accepts for them."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ObjectType:
    """One kind of record: its names, its clock properties, what a read returns unasked, what `query` searches."""

    name: str
    singular: str
    type_id: str
    created: str
    modified: str
    defaults: tuple[str, ...]
    searched: tuple[str, ...]

    @property
    def always(self) -> tuple[str, str, str]:
        """The properties every read returns."""
        return (self.created, "hs_object_id", self.modified)


def _engagement(name: str, singular: str, type_id: str, searched: tuple[str, ...]) -> ObjectType:
    return ObjectType(name, singular, type_id, "hs_createdate", "hs_lastmodifieddate", (), searched)


TYPES: dict[str, ObjectType] = {
    kind.name: kind
    for kind in (
        ObjectType(
            "contacts",
            "contact",
            "0-1",
            "createdate",
            "lastmodifieddate",
            ("firstname", "lastname", "email"),
            ("firstname", "lastname", "email", "phone", "company", "hs_additional_emails"),
        ),
        ObjectType(
            "companies",
            "company",
            "0-2",
            "createdate",
            "hs_lastmodifieddate",
            ("name", "domain"),
            ("name", "domain", "website", "phone"),
        ),
        ObjectType(
            "deals",
            "deal",
            "0-3",
            "createdate",
            "hs_lastmodifieddate",
            ("dealname", "amount", "closedate", "pipeline", "dealstage"),
            ("dealname", "pipeline", "dealstage", "description", "dealtype"),
        ),
        _engagement("tasks", "task", "0-27", ("hs_task_subject", "hs_task_body")),
        _engagement("calls", "call", "0-48", ("hs_call_title", "hs_call_body")),
        _engagement("meetings", "meeting", "0-47", ("hs_meeting_title", "hs_meeting_body")),
        _engagement("emails", "email", "0-49", ("hs_email_subject",)),
        _engagement("notes", "note", "0-46", ("hs_note_body",)),
    )
}

_BY_ALIAS = {alias: kind for kind in TYPES.values() for alias in (kind.name, kind.singular, kind.type_id)}


def find_type(text: str) -> ObjectType | None:
    """The type by plural, singular or type id, in any case."""
    return _BY_ALIAS.get(text.lower())
