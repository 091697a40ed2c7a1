"""Numbered migrations: ``mNNNN_name.sql`` files of plain SQL that SQLite and PostgreSQL both read.

A published file is never edited; a change of the schema is a new file. Statements end with a semicolon at the end of
a line. All that are due run in one transaction, so a state is at one version or at the next, never between.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib import resources

from sqlalchemy import Connection, insert, inspect, select, text
from sqlalchemy.sql import func

from syncagent.errors import StoreError
from syncagent.store.schema import schema_version


@dataclass(frozen=True, slots=True, order=True)
class Migration:
    """One step of the schema: its number, its name and its statements."""

    version: int
    name: str
    statements: tuple[str, ...]


def known() -> list[Migration]:
    """List the migrations this version of the program has, in order."""
    files = [file for file in resources.files(__name__).iterdir() if file.name.endswith(".sql")]
    return sorted(_read(file.name, file.read_text("utf-8")) for file in files)


def _read(file_name: str, script: str) -> Migration:
    number, _, name = file_name.removesuffix(".sql").partition("_")
    lines = [line for line in script.splitlines() if not line.startswith("--")]
    statements = "\n".join(lines).split(";\n")
    return Migration(int(number.removeprefix("m")), name, tuple(one.strip(" ;\n") for one in statements if one.strip()))


def current_version(connection: Connection) -> int:
    """Tell which version the state has; 0 when it is empty."""
    if not inspect(connection).has_table(schema_version.name):
        return 0
    return connection.scalar(select(func.max(schema_version.c.version))) or 0


def migrate(connection: Connection, where: str) -> int:
    """Bring the state to the newest version inside the caller's transaction and give that version.

    Raises:
        StoreError: the state is newer than this program, or is not ours at all.
    """
    steps = known()
    version = current_version(connection)
    newest = steps[-1].version
    if version > newest:
        raise StoreError(
            f"{where} was written by a newer syncagent (schema {version}; this one knows up to {newest}). "
            "Nothing was changed. Install the newer version, or restore a backup made with this one."
        )
    if version == 0:
        _refuse_foreign(connection, where)
        schema_version.create(connection)
    for step in steps[version:]:
        for statement in step.statements:
            connection.execute(text(statement))
        connection.execute(insert(schema_version).values(version=step.version, name=step.name))
    return newest


def _refuse_foreign(connection: Connection, where: str) -> None:
    """Keep our tables out of somebody else's SQLite file; a database server may be shared."""
    if connection.dialect.name == "sqlite" and (tables := inspect(connection).get_table_names()):
        raise StoreError(
            f"{where} is another program's database (it holds {', '.join(tables[:3])}). Nothing was changed. "
            "Point the state setting at a file of its own."
        )
