"""The rules of attribution models in words."""

from __future__ import annotations

import re

from syncagent.rendering.words import Language, say

DEFAULT_HALF_LIFE_DAYS = 7


def say_rule(model: str, lang: Language) -> str:
    """Say what a standard model does; time decay with its half-life."""
    if decay := re.fullmatch(r"time_decay(?:_(\d+)d)?", model):
        return say(lang, "model.time_decay", days=decay[1] or DEFAULT_HALF_LIFE_DAYS)
    return say(lang, f"model.{model}")
