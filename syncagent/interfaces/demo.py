"""The demo: two generated orgs on the embedded sandbox, the whole cycle on them, and where to look afterwards."""

from __future__ import annotations

import shutil
from pathlib import Path

import orjson

from syncagent.errors import SyncagentError, UsageError
from syncagent.interfaces.output import say_line
from syncagent.rendering.plan_text import SHORT
from syncagent.rendering.words import Language, say
from syncagent.settings import forget_environment

MARKER = ".syncagent-demo"
"""A folder with this file is the demo's own and may be emptied."""
SEED, CONTACTS = 7, 1200
POLICY = "stage-stale-90"


def run_demo(out: Path, lang: Language) -> int:
    """Run the cycle into ``out`` and say where to look; the same seed prints the same numbers.

    Raises:
        UsageError: the folder holds something that is not the demo's.
    """
    from syncagent.sandbox import Sandbox
    from syncagent.sandbox.generate import generate

    forget_environment()
    config = _fresh(out)
    say_line(say(lang, "demo.generate", contacts=CONTACTS))
    generate(out / "org", seed=SEED, contacts=CONTACTS)
    with Sandbox(out / "org") as box:
        variables = {**box.env(), "SYNCAGENT_LANG": lang, "SYNCAGENT_ACTOR": "demo"}
        (config / ".env").write_text("".join(f"{name}={value}\n" for name, value in variables.items()))
        _Cycle(config, out, lang).play()
    say_line("")
    say_line(say(lang, "demo.look"))
    for name in ("plan.html", "plan.csv", "audit.html", "pack-ja.html", "pack-en.html", "org"):
        say_line(f"  {out / name}")
    say_line(say(lang, "demo.next"))
    return 0


def _fresh(out: Path) -> Path:
    if out.exists() and any(out.iterdir()) and not (out / MARKER).exists():
        raise UsageError(f"{out} holds files that are not the demo's; name an empty or new folder with --out")
    shutil.rmtree(out, ignore_errors=True)
    config = out / "config"
    config.mkdir(parents=True)
    (out / MARKER).write_text("made by syncagent demo; emptied when it runs again\n")
    return config


class _Cycle:
    """Plays the commands a person would type, and shows them."""

    def __init__(self, config: Path, out: Path, lang: Language) -> None:
        self._config, self._out, self._lang = config, out, lang

    def play(self) -> None:
        """Pull, audit, plan, approve, apply, plan again, undo, attribute, report."""
        self._step("demo.pull")
        self._do("pull")
        self._step("demo.audit")
        self._do("plan", "--only", "policies", "--format", "html", "--out", str(self._out / "audit.html"))
        self._do("plan", "--only", "policies", "--rows", "2")
        self._step("demo.plan")
        self._do("plan", "--format", "csv", "--out", str(self._out / "plan.csv"))
        self._do("plan", "--format", "html", "--out", str(self._out / "plan.html"))
        self._do("plan", "--format", "json", "--out", str(self._out / "plan.json"))
        self._do("plan", "--rows", "3")
        digest = str(orjson.loads((self._out / "plan.json").read_bytes())["digest"])[:SHORT]
        self._step("demo.apply")
        self._do("approve", digest, "--by", "山本")
        self._do("apply", digest)
        self._step("demo.again")
        self._do("plan", "--only", "sync", "--rows", "1")
        self._step("demo.undo")
        self._do("undo", "run-0001")
        self._step("demo.attribution")
        self._do("attribution", "--model", "first_touch", "--by", "channel")
        self._do("attribution", "--model", "linear", "--by", "channel")
        self._step("demo.pack")
        for lang in ("ja", "en"):
            self._do("report", "weekly", "--lang", lang, "--out", str(self._out / f"pack-{lang}.html"))
        self._step("demo.ledger")
        self._do("ledger", "verify")

    def _step(self, key: str) -> None:
        say_line("")
        say_line(f"── {say(self._lang, key)}")

    def _do(self, *words: str) -> None:
        from syncagent.interfaces.cli import run

        say_line(f"$ syncagent {' '.join(words)}")
        code = run([*words, "--config", str(self._config)])
        if code != 0:
            raise SyncagentError(f"the demo stopped: `syncagent {' '.join(words)}` ended with {code}")
