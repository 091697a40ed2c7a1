"""Describes: the list of objects, and one object with its fields."""

from typing import Any

from syncagent.sandbox.salesforce.schema import Child, Schema, SObject, describe_defaults

# What the list of objects says of each; the full describe says more.
_LISTED = (
    *("activateable", "associateEntityType", "associateParentEntity", "createable", "custom", "customSetting"),
    *("deepCloneable", "deletable", "deprecatedAndHidden", "feedEnabled", "hasSubtypes", "isInterface", "isSubtype"),
    *("keyPrefix", "label", "labelPlural", "layoutable", "mergeable", "mruEnabled", "name", "queryable"),
    *("replicateable", "retrieveable", "searchable", "triggerable", "undeletable", "updateable"),
)
MAX_BATCH_SIZE = 200


def list_objects(schema: Schema, version: str) -> dict[str, Any]:
    """The body of /sobjects."""
    entries = sorted(schema, key=lambda definition: definition.name)
    return {
        "encoding": "UTF-8",
        "maxBatchSize": MAX_BATCH_SIZE,
        "sobjects": [_summary(definition, version) for definition in entries],
    }


def basic_information(definition: SObject, version: str) -> dict[str, Any]:
    """The body of /sobjects/X."""
    return {"objectDescribe": _summary(definition, version), "recentItems": []}


def describe(definition: SObject, version: str) -> dict[str, Any]:
    """The body of /sobjects/X/describe, keys in alphabetical order as on the wire."""
    child_defaults, record_type = describe_defaults()
    full = {
        **definition.raw,
        "childRelationships": [_child(child, child_defaults) for child in definition.children],
        "fields": [field.raw for field in definition.fields.values()],
        "recordTypeInfos": [
            {**record_type, "urls": {"layout": f"{_url(definition, version)}/describe/layouts/012000000000000AAA"}}
        ],
        "supportedScopes": list(definition.scopes),
        "urls": _urls(definition, version),
    }
    return dict(sorted(full.items()))


def _summary(definition: SObject, version: str) -> dict[str, Any]:
    entry = {name: definition.raw.get(name) for name in _LISTED}
    return {**entry, "urls": _urls(definition, version)}


def _child(child: Child, defaults: dict[str, Any]) -> dict[str, Any]:
    own = {
        "cascadeDelete": child.cascades,
        "childSObject": child.object,
        "field": child.field,
        "relationshipName": child.name,
    }
    return dict(sorted({**defaults, **own}.items()))


def _url(definition: SObject, version: str) -> str:
    return f"/services/data/v{version}/sobjects/{definition.name}"


def _urls(definition: SObject, version: str) -> dict[str, str]:
    base = _url(definition, version)
    return {
        "rowTemplate": f"{base}/{{ID}}",
        "describe": f"{base}/describe",
        "layouts": f"{base}/describe/layouts",
        "sobject": base,
    }
