"""Renders the generated parts of docs/ from the code, so that they cannot drift."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import cast

import typer.main

from syncagent.hygiene import policy_schema
from syncagent.interfaces.cli import app
from syncagent.kpi import kpi_schema
from syncagent.merging.schema import mapping_schema
from syncagent.settings import settings_reference

Schema = Mapping[str, object]


def schema_tables(schema: Schema) -> str:
    """Render a JSON Schema as one table per section."""
    definitions = cast("Mapping[str, Schema]", schema.get("$defs", {}))
    lines = [*_table("The file", schema)]
    for name, section in definitions.items():
        lines += _table(name, section)
    return "\n".join(lines) + "\n"


def _table(name: str, section: Schema) -> Iterator[str]:
    properties = cast("Mapping[str, Schema]", section.get("properties", {}))
    if not properties:
        return
    required = cast("Sequence[str]", section.get("required", ()))
    yield f"### {name.removesuffix('Section')}"
    yield ""
    if section.get("description"):
        yield str(section["description"]).split("\n\n")[0].replace("\n", " ")
        yield ""
    yield "| key | value | meaning |"
    yield "|---|---|---|"
    for key, item in properties.items():
        mark = " (required)" if key in required else ""
        yield f"| `{key}`{mark} | {_kind(item)}{_default(item)} | {item.get('description', '')} |"
    yield ""


def _kind(item: Schema) -> str:
    if "enum" in item:
        return ", ".join(f"`{value}`" for value in cast("Sequence[object]", item["enum"]))
    if "const" in item:
        return f"`{item['const']}`"
    if "$ref" in item:
        return f"[{_name(item)}](#{_name(item).lower()})"
    if "anyOf" in item:
        return " or ".join(
            _kind(option) for option in cast("Sequence[Schema]", item["anyOf"]) if option != {"type": "null"}
        )
    if item.get("type") == "array":
        return f"list of {_kind(cast('Schema', item.get('items', {})))}"
    if item.get("type") == "object":
        inner = cast("Schema", item.get("additionalProperties", {}))
        return f"name: {_kind(inner)}"
    return {"string": "text", "integer": "whole number", "boolean": "true or false", "number": "number"}.get(
        str(item.get("type")), "any"
    )


def _name(item: Schema) -> str:
    return str(item["$ref"]).rsplit("/", 1)[-1].removesuffix("Section")


def _default(item: Schema) -> str:
    default = item.get("default")
    return f", default `{default}`" if isinstance(default, str | int) and default != "" else ""


def command_pages() -> str:
    """Render every command with its help text and options."""
    group = typer.main.get_command(app)
    return "\n".join(_command("syncagent", group)) + "\n"


def _command(path: str, command: object) -> Iterator[str]:
    children = getattr(command, "commands", {})
    if not children:
        yield f"### {path}"
        yield ""
        yield " ".join(str(getattr(command, "help", "") or "").split("\n\n")[0].split())
        example = str(getattr(command, "help", "") or "").partition("Example:")[2].strip()
        if example:
            yield ""
            yield f"    {' '.join(example.split())}"
        yield ""
        rows = [_parameter(item) for item in getattr(command, "params", [])]
        if any(rows):
            yield "| option | meaning |"
            yield "|---|---|"
            yield from (row for row in rows if row)
            yield ""
    for name, child in sorted(children.items()):
        yield from _command(f"{path} {name}", child)


def _parameter(item: object) -> str:
    names = ", ".join(f"`{name}`" for name in [*getattr(item, "opts", []), *getattr(item, "secondary_opts", [])])
    if getattr(item, "param_type_name", "") == "argument":
        names = f"`{getattr(item, 'metavar', None) or getattr(item, 'name', '')}`"
    text = str(getattr(item, "help", "") or "")
    return f"| {names} | {text} |"


GENERATED = {
    "settings.md": settings_reference,
    "mapping.md": lambda: schema_tables(mapping_schema()),
    "policies.md": lambda: schema_tables(policy_schema()),
    "kpi.md": lambda: schema_tables(kpi_schema()),
    "commands.md": command_pages,
}
"""What stands between the markers of each page, by file name in docs/."""
