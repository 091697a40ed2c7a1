"""Random values and fields that every law of merging is tried on."""

from __future__ import annotations

from collections.abc import Mapping

from hypothesis import strategies as st

from syncagent.domain.records import Scalar, System
from syncagent.merging import TRANSFORMS, MappedField
from syncagent.merging.mapping import RuleName, ValueRow
from tests.merging.reading import OWNERS

ROWS = (
    ValueRow("lead", ("Open", "New"), ("lead",)),
    ValueRow("mql", ("Working",), ("mql", "raw mql")),
    ValueRow("sql", ("Qualified",), ("sql",)),
)
STAGES = ("lead", "mql", "sql")

_words = st.text(st.characters(codec="utf-8"), max_size=12) | st.sampled_from(
    [
        "髙橋",
        "ﾀﾅｶ",
        "ＡＢＣ㈱",
        "e\u0301",
        "a\r\nb",
        "𠮷🍜",
        "x\x00y",
        "(0)3 12",
        "0000000",
        "+810",
        " ",
        "İ",
        "ﬁ",
        "ｱﾞ",
        "ΐ",
        "가",
    ]
)
_SPELLINGS = {
    "company_name": [
        "株式会社ABC",
        "(株)ＡＢＣ",
        "ABC㈱",
        "ABC",
        "合同会社ABC",
        "abc co., ltd.",
        "DEF㈱",
        "髙島屋",
        "高島屋",
    ],
    "person_name": ["髙橋", "高橋", "髙 橋", "﨑", "崎", "葛\U000e0100城", "葛城", "邊", "邉", "辺"],
}
_phones = st.from_regex(
    r"\A\+?(81)?[ -]?\(?0?[0-9]{1,4}\)?[-ー ]?[0-9]{2,4}[- ]?[0-9]{3,4}( ?(ext|内線|x)\.? ?[0-9]{1,4})?\Z"
)
_numbers = st.decimals(allow_nan=False, allow_infinity=False, places=3, min_value=-(10**9), max_value=10**9).map(str)
_instants = st.datetimes(timezones=st.timezones(), allow_imaginary=False).filter(lambda at: 1900 < at.year < 2200)


def raw_values(transform: str, system: System) -> st.SearchStrategy[Scalar]:
    """Give what one system may hold in a field of a transform, blanks included; some of it cannot be read."""
    listed = [word for row in ROWS for word in row.on(system)]
    kinds: Mapping[str, st.SearchStrategy[Scalar]] = {
        "boolean": st.booleans() if system == "salesforce" else st.sampled_from(["true", "false", "TRUE"]),
        "date": st.dates().map(str) | _instants.map(lambda at: at.isoformat()),
        "datetime": _instants.map(lambda at: at.isoformat()),
        "decimal": _numbers,
        "domain": st.from_regex(r"\A(https?://)?(www\.)?[a-z]{1,5}(\.[a-z]{1,3}){1,2}(/[a-z]*)?\Z"),
        "email": st.emails() | _words.map(lambda word: f"{word}@Example.jp"),
        "integer": st.integers(-(10**9), 10**9).map(lambda number: number if system == "salesforce" else str(number)),
        "money": _numbers,
        "multi_select": st.lists(st.sampled_from(listed)).map(";".join),
        "owner": st.sampled_from(sorted(OWNERS[system])),
        "phone": _phones | _words,
        **{name: st.sampled_from(words) | _words for name, words in _SPELLINGS.items()},
        "picklist": st.sampled_from(listed),
    }
    return st.none() | st.just("") | kinds.get(transform, _words)


def fits(transform: str, rule: RuleName) -> bool:
    """Tell whether a mapping may pair a rule with a transform."""
    if rule == "append":
        return transform == "multi_select"
    if rule in {"forward_only", "by_phase"}:
        return rule == "forward_only" and transform == "picklist"
    return rule != "max" or TRANSFORMS[transform].ordered


@st.composite
def fields(draw: st.DrawFn) -> MappedField:
    """Give a mapped field any mapping file could hold."""
    rules: list[RuleName] = [
        "salesforce", "hubspot", "newest", "fill_blank", "append", "max", "forward_only", "manual"
    ]  # fmt: skip
    transform = draw(st.sampled_from(sorted(TRANSFORMS)))
    rule = draw(st.sampled_from([rule for rule in rules if fits(transform, rule)]))
    cut = transform in {"text", "name", *_SPELLINGS} and draw(st.booleans())
    blanking = rule in {"salesforce", "hubspot", "newest", "manual"} and draw(st.booleans())
    return MappedField(
        name="value",
        salesforce={"Lead": "Value__c"},
        hubspot={"contacts": "value"},
        rule=rule,
        transform=transform,
        overwrite_with_blank=blanking,
        values=ROWS if transform in {"picklist", "multi_select"} else (),
        stages=STAGES if rule == "forward_only" else (),
        length={"salesforce": draw(st.integers(1, 6))} if cut else {},
        truncate=cut,
        keep_spelling=transform not in _SPELLINGS or draw(st.booleans()),
        instant_on=("hubspot",) if transform == "date" and draw(st.booleans()) else (),
        currency="JPY" if transform == "money" else None,
    )
