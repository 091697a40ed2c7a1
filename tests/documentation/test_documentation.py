"""Every command, setting and file format is documented, or the build is red. UPDATE_GOLDEN=1 rewrites the pages."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest

from syncagent.settings import Settings
from tests.documentation.reference import GENERATED

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
BEGIN, END = "<!-- generated: make golden -->", "<!-- end of generated part -->"
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "syncagent" / "README.md", *sorted(DOCS.rglob("*.md"))]


@pytest.mark.parametrize("name", sorted(GENERATED))
def test_the_generated_part_is_what_the_code_says(name: str) -> None:
    page = DOCS / name
    before, begin, rest = page.read_text().partition(BEGIN)
    _old, end, after = rest.partition(END)
    assert begin, f"{name} has no marker {BEGIN}"
    assert end, f"{name} has no marker {END}"
    wanted = f"{before}{BEGIN}\n\n{GENERATED[name]()}\n{END}{after}"
    if os.environ.get("UPDATE_GOLDEN"):
        page.write_text(wanted)
    assert page.read_text() == wanted, f"docs/{name} is out of date: run make golden"


def test_every_setting_is_documented() -> None:
    text = (DOCS / "settings.md").read_text()
    assert [name for name in Settings.model_fields if f"SYNCAGENT_{name.upper()}" not in text] == []
    assert all(field.description for field in Settings.model_fields.values())


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    targets = re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", page.read_text())
    assert [target for target in targets if "://" not in target and not (page.parent / target).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_commands_named_in_pages_exist(page: Path) -> None:
    known = re.findall(r"^### syncagent ([a-z ]+)$", (DOCS / "commands.md").read_text(), re.MULTILINE)
    words = {name.split()[0] for name in known}
    called = re.findall(r"(?:`|^    |\$ )syncagent ([a-z]+)", page.read_text(), re.MULTILINE)
    assert set(called) <= words


def test_no_page_names_this_machine_or_a_registry() -> None:
    listing = subprocess.run(["git", "ls-files"], cwd=ROOT, check=True, capture_output=True, text=True)  # noqa: S607 - git is how the tree came here
    tracked = listing.stdout.split("\n")
    texts = {name: (ROOT / name).read_text(errors="replace") for name in tracked if name and (ROOT / name).is_file()}
    unwanted = [f"{ROOT}/", f"{Path.home()}/", "--index-" + "url", "--extra-index-" + "url"]
    assert [(name, word) for name, text in texts.items() for word in unwanted if word in text] == []
