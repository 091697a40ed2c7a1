"""The audit fields every Salesforce row carries."""

from typing import Any

from syncagent.sandbox.generate.moments import LATEST, salesforce_time
from syncagent.sandbox.generate.staff import Member


def audit(created: int, creator: Member, modified: int = 0, modifier: Member | None = None) -> dict[str, Any]:
    """Created, last modified and the system stamp; a row never changed was last modified when it was created."""
    written = salesforce_time(created)
    changed = salesforce_time(min(max(created, modified), max(created, LATEST)))
    return {
        "IsDeleted": False,
        "CreatedDate": written,
        "CreatedById": creator.user_id,
        "LastModifiedDate": changed,
        "LastModifiedById": (modifier or creator).user_id,
        "SystemModstamp": changed,
    }
