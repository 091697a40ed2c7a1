"""The files of a dataset folder, written row by row so that a large org needs little memory."""

from collections import Counter
from io import BufferedWriter
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import orjson

SALESFORCE = (
    "Account",
    "Campaign",
    "CampaignMember",
    "Contact",
    "Event",
    "Lead",
    "Opportunity",
    "OpportunityContactRole",
    "OpportunityHistory",
    "Task",
    "User",
)
HUBSPOT = ("associations", "companies", "contacts", "deals", "tasks")


class Sheets:
    """One open file per object; a context manager that closes them all."""

    def __init__(self, folder: Path) -> None:
        self._files: dict[str, BufferedWriter] = {}
        self.rows: Counter[str] = Counter()
        for system, names in (("salesforce", SALESFORCE), ("hubspot", HUBSPOT)):
            (folder / system).mkdir(parents=True, exist_ok=True)
            for name in names:
                self._files[name] = (folder / system / f"{name}.jsonl").open("wb")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for file in self._files.values():
            file.close()

    def salesforce(self, sobject: str, row: dict[str, Any]) -> None:
        """Write a Salesforce row; fields without a value are left out."""
        self._write(sobject, {name: value for name, value in row.items() if value is not None and value != ""})

    def hubspot(self, object_type: str, row: dict[str, Any]) -> None:
        """Write a HubSpot object; properties without a value are left out."""
        properties = {name: value for name, value in row["properties"].items() if value is not None and value != ""}
        self._write(object_type, {**row, "properties": properties})

    def associate(self, start: str, end: str, *type_ids: int) -> None:
        """Write an association between two HubSpot objects such as contacts/1 and companies/2."""
        types = [{"category": "HUBSPOT_DEFINED", "typeId": type_id} for type_id in type_ids]
        self._write("associations", {"from": start, "to": end, "types": types})

    def _write(self, name: str, row: dict[str, Any]) -> None:
        self._files[name].write(orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE))
        self.rows[name] += 1
