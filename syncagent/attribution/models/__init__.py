"""The models: one function each, from a path to the parts its touches receive.

A model returns one whole number per touch; the touch's weight is its part divided by the sum of the parts, which is
what "a missing role is dropped and the rest scaled to one" (attribution.md, P5) means. A new model is one function
and one line in ``MODELS``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeAlias

from syncagent.attribution.models.roles import MILESTONES, RoleTable, tabulate
from syncagent.attribution.models.timing import TimeDecay, decay_by_days, weigh_last_non_direct, weigh_linear
from syncagent.attribution.paths import Path
from syncagent.errors import UsageError

__all__ = ["DEFAULT_MODELS", "MILESTONES", "MODELS", "Model", "TimeDecay", "custom_model", "find_model", "find_models"]

Weigh: TypeAlias = Callable[[Path], Sequence[int]]


@dataclass(frozen=True, slots=True)
class Model:
    """A named model with the rule in words; ``exact`` is False where weights are not simple fractions.

    ``by_role`` says that parts depend on nothing but the number of touches and where the milestones fall.
    """

    name: str
    rule: str
    weigh: Weigh
    exact: bool = True
    by_role: bool = False


def _table(name: str, rule: str, middle: int, **shares: int) -> Model:
    return Model(name, rule, RoleTable(tuple(shares.items()), middle), by_role=True)


MODELS: Mapping[str, Model] = {
    model.name: model
    for model in (
        _table("first_touch", "all to the first touch", 0, FT=1),
        _table("last_touch", "all to the last touch before the close", 0, CW=1),
        Model(
            "last_non_direct",
            "all to the last touch that is not direct traffic, to the last touch where all are",
            weigh_last_non_direct,
        ),
        Model("linear", "the same to every touch", weigh_linear, by_role=True),
        _table("u_shaped", "40 % first touch, 40 % lead creation, 20 % over the others", 20, FT=40, LC=40),
        _table("position_40_20_40", "40 % first touch, 40 % last touch, 20 % over the others", 20, FT=40, CW=40),
        _table(
            "w_shaped",
            "30 % each to first touch, lead creation and opportunity creation, 10 % over the others",
            10,
            FT=30,
            LC=30,
            OC=30,
        ),
        _table(
            "full_path",
            "22.5 % each to first touch, lead creation, opportunity creation and last touch, 10 % over the others",
            100,
            FT=225,
            LC=225,
            OC=225,
            CW=225,
        ),
        _table("j_shaped", "20 % first touch, 60 % last touch, 20 % over the others", 20, FT=20, CW=60),
        _table("inverse_j", "60 % first touch, 20 % last touch, 20 % over the others", 20, FT=60, CW=20),
    )
}
"""The rule models by name; ``time_decay`` (half-life 7 days) and ``time_decay_<N>d`` exist besides."""

DEFAULT_MODELS = (*MODELS, "time_decay_7d", "time_decay_30d")
_DECAY = re.compile(r"time_decay(?:_([1-9]\d{0,3})d)?")
_DEFAULT_HALF_LIFE_DAYS = 7


def find_model(name: str) -> Model:
    """Look a model up by name.

    Raises:
        UsageError: there is no such model; the message lists those there are.
    """
    if name in MODELS:
        return MODELS[name]
    if decay := _DECAY.fullmatch(name):
        days = int(decay[1] or _DEFAULT_HALF_LIFE_DAYS)
        return Model(name, f"a touch loses half its share every {days} days", decay_by_days(days), exact=False)
    legal = ", ".join((*MODELS, "time_decay_<N>d (half-life of N days, e.g. time_decay_7d)"))
    raise UsageError(f"There is no attribution model {name!r}. Models: {legal}.")


def find_models(names: Sequence[str]) -> tuple[Model, ...]:
    """Look several models up, each once and in the order asked for; all twelve standard ones where none is named."""
    return tuple(find_model(name) for name in dict.fromkeys(names or DEFAULT_MODELS))


def custom_model(name: str, weights: Mapping[str, Fraction]) -> Model:
    """Make a model of a weight table such as ``{"FT": 1/2, "OC": 1/4}``; the touches without a role share the rest.

    Raises:
        ValueError: a role that does not exist, a negative weight, weights above 1, or a name already taken.
    """
    if name in MODELS or _DECAY.fullmatch(name):
        raise ValueError(f"{name!r} is the name of a standard model; choose another")
    rule = ", ".join(f"{float(weight * 100):g} % {MILESTONES.get(role, role)}" for role, weight in weights.items())
    return Model(name, f"{rule or 'nothing to milestones'}, the rest over the others", tabulate(weights), by_role=True)
