"""What each value should be: mapping files, the three-way decision, transforms, proposed changes.

    mapping = load_mapping(text, "mappings/person.yaml")
    result = merge_link(mapping, link, salesforce_record, hubspot_record, MergeContext(zone, owners, changed_at))

Pure: it proposes changes and never makes them.
"""

from syncagent.merging.cases import NEVER_AGREED, Base, Circumstances
from syncagent.merging.create import NotCreated, create_changes, not_created
from syncagent.merging.inclusion import included
from syncagent.merging.live import check_fields
from syncagent.merging.load import load_mapping
from syncagent.merging.mapping import MappedField, MatchKey, RecordMapping
from syncagent.merging.merge import MergeContext, MergeResult, merge_link
from syncagent.merging.schema import mapping_schema
from syncagent.merging.threeway import decide
from syncagent.merging.transforms import TRANSFORMS

__all__ = [
    "NEVER_AGREED",
    "TRANSFORMS",
    "Base",
    "Circumstances",
    "MappedField",
    "MatchKey",
    "MergeContext",
    "MergeResult",
    "NotCreated",
    "RecordMapping",
    "check_fields",
    "create_changes",
    "decide",
    "included",
    "load_mapping",
    "mapping_schema",
    "merge_link",
    "not_created",
]
