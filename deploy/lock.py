"""Write the hashed requirement files from pyproject.toml (`make lock`).

The files hold names, versions and hashes only, so they work against any package index.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def compile_lock(requirements: list[str], target: Path) -> None:
    """Pin ``requirements`` (PEP 508 strings) with hashes into ``target``."""
    with tempfile.NamedTemporaryFile("w", suffix=".in") as source:
        source.write("\n".join(requirements))
        source.flush()
        command = [sys.executable, "-m", "uv", "pip", "compile", source.name, "-o", str(target)]
        command += ["--universal", "--python-version", "3.11", "--generate-hashes"]
        command += ["--quiet", "--no-annotate", "--no-header", "--no-emit-index-url"]
        subprocess.run(command, check=True)


def main() -> int:
    """Pin the runtime set, then everything a developer needs on top of it."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    runtime: list[str] = project["project"]["dependencies"]
    extras = [item for group in project["project"]["optional-dependencies"].values() for item in group]
    compile_lock(runtime, ROOT / "deploy" / "requirements.txt")
    compile_lock([*runtime, *extras, *project["dependency-groups"]["dev"]], ROOT / "deploy" / "requirements-dev.txt")
    return 0


if __name__ == "__main__":
    sys.exit(main())
