"""The weekly pack as people and scripts see it; `make golden` rewrites the files."""

from __future__ import annotations

import pytest

from syncagent.rendering.pack import pack_html
from syncagent.rendering.pack_json import pack_json
from syncagent.rendering.words import Language
from tests.golden.comparing import assert_golden
from tests.golden.packs import empty_pack, full_pack

pytestmark = pytest.mark.parametrize("lang", ["ja", "en"])


def test_page(lang: Language) -> None:
    assert_golden(f"pack.{lang}.html", pack_html(full_pack(), lang))


def test_document(lang: Language) -> None:
    assert_golden(f"pack.{lang}.json", pack_json(full_pack(), lang))


def test_page_of_an_empty_org(lang: Language) -> None:
    assert_golden(f"pack-empty.{lang}.html", pack_html(empty_pack(), lang))
