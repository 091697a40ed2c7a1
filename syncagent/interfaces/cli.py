"""The `syncagent` command: builds the command tree lazily, turns errors into one clear message and an exit code.

Exit codes: 0 ok, 1 run failed or partial, 2 usage or configuration, 3 defect, 10 changes pending (`plan --exit-code`).
"""

from __future__ import annotations

import sys
import tempfile
import traceback
from pathlib import Path

import typer

from syncagent import __version__
from syncagent.errors import ConfigurationError, SyncagentError
from syncagent.interfaces.commands import reading, running, sandboxing, working

CallError: type[typer.BadParameter] = typer.BadParameter.__mro__[2]
"""What Typer raises for words it does not understand: the base of BadParameter, which Typer does not export."""

INTERRUPTED = 130
"""Typer's own code for Ctrl-C."""

app = typer.Typer(
    name="syncagent",
    help="Keep HubSpot and Salesforce telling the same truth, through plans a person can read first.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


@app.callback(invoke_without_command=True)
def root(*, version: bool = typer.Option(False, "--version", help="Print the version and stop.")) -> None:
    """Keep HubSpot and Salesforce telling the same truth, through plans a person can read first."""
    if version:
        print(__version__)
        raise typer.Exit


running.register(app)
reading.register(app)
working.register(app)
sandboxing.register(app)


def main() -> None:
    """Run the command line and exit with the documented code."""
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """Run one command and give its exit code; every expected failure is one message on standard error."""
    try:
        result = app(args=arguments, standalone_mode=False)
    except typer.Exit as stop:
        result = stop.exit_code
    except CallError as error:
        error.show()
        return 2
    except (KeyboardInterrupt, typer.Abort):
        return _stopped()
    except BrokenPipeError:
        return 1
    except ConfigurationError as error:
        print(error, file=sys.stderr)  # each line begins with its place, for editors and CI
        return error.exit_code
    except SyncagentError as error:
        print(f"syncagent: {error}", file=sys.stderr)
        return error.exit_code
    except Exception:  # noqa: BLE001 - the last net: a defect becomes a report, not a stack of lines
        return _report_defect(arguments)
    if result == INTERRUPTED:
        return _stopped()
    return result if isinstance(result, int) else 0


def _stopped() -> int:
    print("stopped; the same command picks up where it left off", file=sys.stderr)
    return 1


def _report_defect(arguments: list[str]) -> int:
    with tempfile.NamedTemporaryFile("w", prefix="syncagent-defect-", suffix=".txt", delete=False) as report:
        report.write(f"syncagent {__version__}, Python {sys.version}\ncommand: {arguments[:1]}\n\n")
        traceback.print_exc(file=report)
    last = traceback.format_exc().strip().splitlines()[-1]
    print(f"syncagent: this is a defect of syncagent, nothing more was done: {last}", file=sys.stderr)
    print(f"A report is ready at {Path(report.name)}; please attach it to a bug report.", file=sys.stderr)
    return 3
