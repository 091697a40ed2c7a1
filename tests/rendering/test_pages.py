"""Pages stand alone: no script, no address, every value escaped."""

from __future__ import annotations

import re

import pytest

from syncagent.rendering.pages import plan_html
from syncagent.rendering.words import Language
from tests.golden.plans import full_plan, hostile_plan, view
from tests.rendering.standing_alone import assert_stands_alone


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_a_plan_page_stands_alone(lang: Language) -> None:
    page = plan_html(full_plan(), view(lang))
    assert_stands_alone(page)
    assert f'<html lang="{lang}">' in page


def test_values_are_escaped() -> None:
    page = plan_html(hostile_plan(), view("en"))
    assert_stands_alone(page)
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "髙橋 &lt;b&gt;花子&lt;/b&gt;" in page
    assert "\x00" not in page
    page.encode()


def test_every_class_used_has_a_style() -> None:
    page = plan_html(full_plan(), view("en"))
    style = re.search(r"<style>(.*?)</style>", page, re.DOTALL)
    assert style is not None
    used = {name for found in re.findall(r'class="([^"]*)"', page) for name in found.split()}
    assert {name for name in used if f".{name}" not in style[1]} == set()
