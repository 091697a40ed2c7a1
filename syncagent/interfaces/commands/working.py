"""The command that stays: the worker."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from syncagent.interfaces.options import HERE, Config


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command()(worker)


def worker(
    *,
    config: Config = HERE,
    address: Annotated[
        str | None, typer.Option("--address", metavar="HOST:PORT", help="Where /healthz, /readyz, /metrics answer.")
    ] = None,
    packs: Annotated[
        Path | None, typer.Option("--packs", metavar="DIR", help="Where weekly packs are written.")
    ] = None,
) -> int:
    """Pull, plan, apply standing approvals and report by schedule until stopped.

    Example: syncagent worker --address 127.0.0.1:8585
    """
    from syncagent.interfaces.worker import run_worker
    from syncagent.interfaces.worker_options import options_of
    from syncagent.settings import load_settings

    options = options_of(load_settings(config))
    return run_worker(config, replace(options, address=address or options.address, packs=packs or options.packs))
