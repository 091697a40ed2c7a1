"""Carry out a Dockerfile in a plain root file system, where no container engine runs.

Each stage is a copy-on-write layer over this machine's own root (overlayfs in a mount namespace), with a given Python
put where the base image has its own. COPY copies into the layer, RUN runs in it, and the image's command is started as
its user, with only its environment, on the layer mounted read-only.
"""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from tests.deploy.dockerfile import ROOT, Instruction, Stage

_PYTHON_HOME = "/usr/local/base-python"
_TEMPORARY = "/tmp"  # noqa: S108 - the container's own
_PASSED_ON = ("PATH", "HOME", "http_proxy", "https_proxy", "no_proxy", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY")
_CONTEXT_LEAVES_OUT = shutil.ignore_patterns("__pycache__", ".env")


@dataclass
class Layer:
    """One stage as it is being built."""

    folder: Path
    python: Path
    directory: str = "/"
    environment: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name in ("upper", "work", "root"):
            (self.folder / name).mkdir(parents=True)
        version = self.python.resolve().name
        for name, target in (
            ("bin/python", f"bin/{version}"),
            ("bin/python3", f"bin/{version}"),
            (f"lib/{version}", f"lib/{version}"),
        ):
            link = self.inside(f"/usr/local/{name}")
            link.parent.mkdir(parents=True, exist_ok=True)
            link.symlink_to(f"{_PYTHON_HOME}/{target}")
        self.inside(_PYTHON_HOME).mkdir()

    def inside(self, path: str) -> Path:
        """Give the place of a path of the layer on this machine; a relative one starts at the working directory."""
        return self.folder / "upper" / os.path.normpath(PurePosixPath(self.directory) / path).lstrip("/")

    def command(self, words: list[str], *, read_only: bool = False, mounts: str = "") -> list[str]:
        """Give the command that runs words in the layer."""
        upper, work, root = (shlex.quote(str(self.folder / name)) for name in ("upper", "work", "root"))
        home = self.python.resolve().parents[1]
        lines = [
            f"mount -t overlay overlay -o lowerdir=/,upperdir={upper},workdir={work} {root}",
            f"mount --bind {home} {root}{_PYTHON_HOME}",
            f"mount -t proc proc {root}/proc",
            f"mount -t tmpfs tmpfs {root}{_TEMPORARY}" if read_only else "true",
            f"mount --bind /dev {root}/dev",
            mounts.format(root=root) or "true",
            f"mount -o remount,ro {root}" if read_only else "true",
            f"cd {root}{self.directory}",
            f"exec /usr/sbin/chroot {root} /usr/bin/env -C {self.directory} {shlex.join(words)}",
        ]
        return ["unshare", "--mount", "sh", "-e", "-c", "\n".join(lines)]


def build(stages: list[Stage], folder: Path, python: Path) -> Layer:
    """Carry out every stage and give the last one's layer; what a RUN printed is shown when it fails."""
    layers: dict[str, Layer] = {}
    layer = None
    for number, stage in enumerate(stages):
        layer = Layer(folder / str(number), python)
        layers[stage.name] = layer
        for instruction in stage.instructions:
            _carry_out(layer, instruction, layers)
    assert layer is not None
    return layer


def _carry_out(layer: Layer, instruction: Instruction, layers: dict[str, Layer]) -> None:
    if instruction.word == "WORKDIR":
        layer.directory = instruction.rest
        layer.inside(".").mkdir(parents=True, exist_ok=True)
    elif instruction.word == "ENV":
        layer.environment |= dict(pair.split("=", 1) for pair in instruction.rest.split())
    elif instruction.word == "COPY":
        _copy(layer, instruction.rest.split(), layers)
    elif instruction.word == "RUN":
        _run(layer, instruction.rest)


def _copy(layer: Layer, words: list[str], layers: dict[str, Layer]) -> None:
    base = ROOT
    if words[0].startswith("--from="):
        base = layers[words.pop(0).removeprefix("--from=")].folder / "upper"
    *sources, target = words
    for source in sources:
        found, place = base / source.lstrip("/"), layer.inside(target)
        if found.is_dir():
            shutil.copytree(found, place, ignore=_CONTEXT_LEAVES_OUT, dirs_exist_ok=True)
        else:
            place = place / found.name if target.endswith("/") else place
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(found, place)


def _run(layer: Layer, command: str) -> None:
    given = {name: value for name, value in os.environ.items() if name in _PASSED_ON or name.startswith("PIP_")}
    path = f"/usr/local/bin:{_PYTHON_HOME}/bin:/usr/bin:/bin:/usr/sbin:/sbin"
    done = subprocess.run(
        layer.command(["/bin/sh", "-c", command]),
        env={**given, **layer.environment, "PATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"RUN {command}\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}"


def as_user(layer: Layer, stage: Stage, words: list[str], mounts: str) -> subprocess.Popen[str]:
    """Start words as the image's user, without capabilities, on the image mounted read-only."""
    user, _colon, group = stage.last("USER").rest.partition(":")
    inside = [
        "/usr/bin/setpriv",
        f"--reuid={user}",
        f"--regid={group}",
        "--clear-groups",
        "--no-new-privs",
        "--bounding-set=-all",
    ]
    return subprocess.Popen(
        layer.command([*inside, *words], read_only=True, mounts=mounts),
        env={"LD_LIBRARY_PATH": f"{_PYTHON_HOME}/lib", **layer.environment},  # where the base image's linker looks
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
