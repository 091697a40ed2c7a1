"""Plans as people see them, in both languages; `make golden` rewrites the files."""

from __future__ import annotations

import pytest

from syncagent.planning import Draft, build_plan
from syncagent.rendering.pages import plan_html
from syncagent.rendering.plan_table import plan_csv, plan_xlsx
from syncagent.rendering.plan_text import plan_text
from syncagent.rendering.words import Language
from tests.golden.comparing import assert_golden
from tests.golden.plans import APPROVAL, NOW, full_plan, view
from tests.golden.sheets import workbook_text

pytestmark = pytest.mark.parametrize("lang", ["ja", "en"])


def test_text(lang: Language) -> None:
    assert_golden(f"plan.{lang}.txt", plan_text(full_plan(), view(lang, rows_max=1, standing=1)))


def test_text_of_an_approved_a_used_and_an_empty_plan(lang: Language) -> None:
    plan = full_plan()
    empty = build_plan(Draft("demo", (), undoes="run-0001"), now=NOW, valid=plan.expires_at - NOW)
    shown = [
        plan_text(plan, view(lang, approval=APPROVAL)),
        plan_text(plan, view(lang, approval=APPROVAL, used_by="run-0002")),
        plan_text(empty, view(lang)),
    ]
    assert_golden(f"plan-states.{lang}.txt", "\n".join(shown))


def test_csv(lang: Language) -> None:
    assert_golden(f"plan.{lang}.csv", plan_csv(full_plan(), view(lang)))


def test_page(lang: Language) -> None:
    assert_golden(f"plan.{lang}.html", plan_html(full_plan(), view(lang)))


def test_workbook(lang: Language) -> None:
    assert_golden(f"plan.{lang}.xlsx.txt", workbook_text(plan_xlsx(full_plan(), view(lang))))
