"""Plans as data: build and hash one, write and read its document, brake it, and turn a run around (undo)."""

from syncagent.planning.build import Draft, build_plan
from syncagent.planning.document import plan_from_json, plan_to_json
from syncagent.planning.guard import Brakes, measure_breaches
from syncagent.planning.inverse import Undoable, invert

__all__ = [
    "Brakes",
    "Draft",
    "Undoable",
    "build_plan",
    "invert",
    "measure_breaches",
    "plan_from_json",
    "plan_to_json",
]
