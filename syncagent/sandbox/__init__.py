"""Both systems as a local HTTP server that speaks their real wire protocols; shares no code with the agent.

`Sandbox` serves a dataset from a thread, `run_server` until a signal, `dump` saves a running one; `load_dataset` and
`save_dataset` read and write the folder format. The names are loaded on first use.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from syncagent.sandbox.dataset import Dataset, DatasetError, load_dataset, save_dataset
    from syncagent.sandbox.faults import FaultError
    from syncagent.sandbox.org import OrgError
    from syncagent.sandbox.salesforce import LoadError
    from syncagent.sandbox.server import Sandbox, dump, run_server
    from syncagent.sandbox.wire import EditError

__all__ = [
    "Dataset",
    "DatasetError",
    "EditError",
    "FaultError",
    "LoadError",
    "OrgError",
    "Sandbox",
    "dump",
    "load_dataset",
    "run_server",
    "save_dataset",
]

_HOMES = {
    "Dataset": "dataset",
    "DatasetError": "dataset",
    "EditError": "wire",
    "FaultError": "faults",
    "LoadError": "salesforce",
    "OrgError": "org",
    "Sandbox": "server",
    "dump": "server",
    "load_dataset": "dataset",
    "run_server": "server",
    "save_dataset": "dataset",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
