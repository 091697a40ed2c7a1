"""Commands around the sandbox: serve, generate, dump, and the demo that needs no set-up."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from syncagent.errors import UsageError
from syncagent.interfaces import output
from syncagent.interfaces.options import Lang


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command()(demo)
    sandbox = typer.Typer(help="Both systems as a local server, to try and to test.", no_args_is_help=True)
    for command in (serve, generate, dump):
        sandbox.command()(command)
    app.add_typer(sandbox, name="sandbox")


def demo(
    *,
    lang: Lang = None,
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Folder for everything the demo makes.")] = Path(
        "demo"
    ),
) -> int:
    """Run the whole cycle on two generated orgs and say where to look.

    Example: syncagent demo --lang en
    """
    from syncagent.interfaces.demo import run_demo

    return run_demo(out, output.language(lang))


def serve(
    *,
    data: Annotated[Path, typer.Option("--data", metavar="DIR", help="Dataset folder (docs/sandbox.md).")],
    salesforce_port: Annotated[int, typer.Option("--salesforce-port", metavar="N", help="0 picks one.")] = 0,
    hubspot_port: Annotated[int, typer.Option("--hubspot-port", metavar="N", help="0 picks one.")] = 0,
    salesforce_token: Annotated[
        str | None, typer.Option("--salesforce-token", metavar="T", help="Accept this fixed token too.")
    ] = None,
    hubspot_token: Annotated[
        str | None, typer.Option("--hubspot-token", metavar="T", help="The token HubSpot calls must carry.")
    ] = None,
    clock: Annotated[str | None, typer.Option("--clock", metavar="ISO", help="Start at this instant.")] = None,
) -> int:
    """Serve a dataset folder until stopped.

    Example: syncagent sandbox serve --data orgs/demo
    """
    from syncagent.sandbox import DatasetError, OrgError, run_server

    try:
        run_server(data, salesforce_port, hubspot_port, salesforce_token, hubspot_token, clock)
    except (DatasetError, OrgError, OSError) as error:
        raise UsageError(str(error)) from error
    return 0


def generate(
    *,
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Folder to write the dataset to.")],
    seed: Annotated[int, typer.Option("--seed", metavar="N", help="The same seed gives the same bytes.")] = 7,
    contacts: Annotated[int, typer.Option("--contacts", metavar="N", help="Size of the org.")] = 1200,
) -> int:
    """Write a believable Japanese B2B company and two years of its history.

    Example: syncagent sandbox generate --out orgs/demo
    """
    from syncagent.sandbox.generate import generate as make

    try:
        summary = make(out, seed=seed, contacts=contacts)
    except (ValueError, OSError) as error:
        raise UsageError(str(error)) from error
    for name, count in summary.rows.items():
        output.say_line(f"{count:>9,}  {name}")
    return 0


def dump(
    *,
    url: Annotated[str, typer.Option("--url", metavar="URL", help="Address of a running sandbox, either system's.")],
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Folder to write the dataset to.")],
) -> int:
    """Save a running sandbox's state as a dataset folder.

    Example: syncagent sandbox dump --url http://127.0.0.1:8080 --out now
    """
    from syncagent.sandbox import dump as save

    try:
        save(url, out)
    except (ValueError, OSError) as error:
        raise UsageError(f"could not save the sandbox at {url}: {error}") from error
    output.say_line(f"saved to {out}")
    return 0
