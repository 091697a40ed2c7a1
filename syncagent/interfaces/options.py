"""Command-line options that several commands share, written once."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal, TypeAlias

import typer

Config: TypeAlias = Annotated[
    Path, typer.Option("--config", metavar="DIR", help="Folder with settings (.env), mappings/ and policies/.")
]
Lang: TypeAlias = Annotated[str | None, typer.Option("--lang", metavar="ja|en", help="Language of the output.")]
Actor: TypeAlias = Annotated[str | None, typer.Option("--as", metavar="NAME", help="Who acts, for the ledger.")]
Out: TypeAlias = Annotated[Path | None, typer.Option("--out", metavar="FILE", help="Write to this file.")]
PlanFormat: TypeAlias = Annotated[
    Literal["text", "json", "csv", "html", "xlsx"], typer.Option("--format", help="Form of the output.")
]
DataFormat: TypeAlias = Annotated[Literal["text", "json"], typer.Option("--format", help="Form of the output.")]

HERE = Path()
