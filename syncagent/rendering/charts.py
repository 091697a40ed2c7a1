"""Small charts as vector graphics: one ink and one pattern, so they read in black and white and in dark pages alike.

Numbers and labels stand beside them as text of the page, which keeps its size on a phone; a title says what is drawn
to those who cannot see it. Colours are the page's own variables.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from markupsafe import Markup

_WIDTH, _HEIGHT, _EDGE = 120, 32, 3
_BAR_WIDTH, _BAR_HEIGHT = 100, 10

HATCH = Markup(
    '<svg class="defs" width="0" height="0" aria-hidden="true"><defs><pattern id="hatch" width="5" height="5" '
    'patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect width="5" height="5" fill="var(--paper)"/>'
    '<rect width="2" height="5" fill="var(--accent)"/></pattern></defs></svg>'
)
"""The pattern of the hatched parts; stands once on a page."""


def trend_line(values: Sequence[Decimal | None], title: str) -> Markup:
    """Draw a line over the weeks, broken where there is no value, with a dot on the last; empty without any value."""
    known = [value for value in values if value is not None]
    if len(values) < 2 or not known:  # noqa: PLR2004  # one point makes no line
        return Markup("")
    top, step = max(*known, Decimal(1)), Decimal(_WIDTH - 2 * _EDGE) / (len(values) - 1)
    points = [
        None if value is None else (_EDGE + step * place, _EDGE + (_HEIGHT - 2 * _EDGE) * (1 - value / top))
        for place, value in enumerate(values)
    ]
    lines = Markup("").join(
        Markup('<polyline points="{}" fill="none" stroke="var(--accent)" stroke-width="1.6"/>').format(
            " ".join(f"{x:.1f},{y:.1f}" for x, y in run)
        )
        for run in _runs(points)
        if len(run) > 1
    )
    dots = Markup("").join(_dot(run[-1]) for run in _runs(points) if len(run) == 1 or run[-1] == points[-1])
    base = Markup('<path d="M0 {y}H{x}" stroke="var(--line)"/>').format(y=_HEIGHT - 1, x=_WIDTH)
    return _picture("spark", _WIDTH, _HEIGHT, title, base + lines + dots)


def _runs(points: Sequence[tuple[Decimal, Decimal] | None]) -> list[list[tuple[Decimal, Decimal]]]:
    """Split at the gaps."""
    runs: list[list[tuple[Decimal, Decimal]]] = [[]]
    for point in points:
        if point is None:
            runs.append([])
        else:
            runs[-1].append(point)
    return [run for run in runs if run]


def _dot(point: tuple[Decimal, Decimal]) -> Markup:
    return Markup('<circle cx="{:.1f}" cy="{:.1f}" r="2.6" fill="var(--accent)"/>').format(*point)


def bar(part: int, whole: int, title: str, hatched: int = 0) -> Markup:
    """Draw a bar of ``part`` against the longest, ``whole``; the last ``hatched`` of it are hatched, not filled."""
    scale = Decimal(_BAR_WIDTH) / max(whole, 1)
    length, plain = part * scale, (part - hatched) * scale
    drawn = Markup('<rect width="{:.1f}" height="{}" fill="var(--accent)"/>').format(plain, _BAR_HEIGHT)
    if hatched:
        drawn += Markup(
            '<rect x="{:.1f}" width="{:.1f}" height="{}" fill="url(#hatch)" stroke="var(--accent)" stroke-width=".6"/>'
        ).format(plain, length - plain, _BAR_HEIGHT)
    return _picture("bar", _BAR_WIDTH, _BAR_HEIGHT, title, drawn, stretched=True)


def _picture(kind: str, width: int, height: int, title: str, drawn: Markup, *, stretched: bool = False) -> Markup:
    ratio = Markup(' preserveAspectRatio="none"') if stretched else Markup("")
    return Markup('<svg class="{}" viewBox="0 0 {} {}" role="img"{}><title>{}</title>{}</svg>').format(
        kind, width, height, ratio, title, drawn
    )
