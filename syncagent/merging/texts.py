"""The sentences of merging that people read in plans and conflicts, in both languages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Literal, TypeAlias

Language: TypeAlias = Literal["en", "ja"]

_SHOWN_MAX = 60


@dataclass(frozen=True, slots=True)
class Words:
    """One sentence in both languages, with the same placeholders."""

    en: str
    ja: str

    def text(self, language: Language) -> str:
        """Give the sentence in one language."""
        return self.ja if language == "ja" else self.en


_DECISIONS: Mapping[str, Words] = {
    "same": Words("both sides hold the same value", "双方の値が同じ"),
    "alike": Words("the sides differ only in spelling: nothing is rewritten", "表記のみの違いのため書き換えない"),
    "respelled": Words("{owner} changed the spelling, and {why}", "{owner}側で表記を変更。{why}"),
    "filled": Words(
        "{blank} holds nothing yet: {filled}'s value fills it", "{blank}側が未入力のため{filled}側の値で補完"
    ),
    "put_back": Words(
        "{blank} was cleared, but a blank does not overwrite here (blank: keep): {filled}'s value is put back",
        "{blank}側で値を削除。この項目は空欄で上書きしない設定（blank: keep）のため{filled}側の値に戻す",
    ),
    "owner_edit": Words("{owner} changed it, and {why}", "{owner}側で変更。{why}"),
    "taken_back": Words("{loser}'s edit is taken back: {why}", "{loser}側の変更を取り消す。{why}"),
    "first_meeting": Words("the sides differ at their first meeting: {why}", "初回の突合で値が異なる。{why}"),
    "both_changed": Words("both sides changed it: {why}", "双方で変更。{why}"),
    "owns": Words("{owner} owns this field", "この項目は{owner}を正とする"),
    "owns_from": Words("{owner} owns this field from {field} {stage}", "{field}が{stage}以降は{owner}を正とする"),
    "owns_before": Words(
        "{owner} owns this field before {field} {stage}", "{field}が{stage}になる前は{owner}を正とする"
    ),
    "one_edit": Words("only {edited} changed it", "{edited}側だけが変更"),
    "manual_first": Words(
        "the sides differ at their first meeting; the rule leaves the choice to a person: make both sides equal",
        "初回の突合で値が異なる。どちらが正しいか確認し、双方を同じ値にする",
    ),
    "manual_both": Words(
        "both sides changed it differently; the rule leaves the choice to a person: make both sides equal",
        "双方で異なる値に変更。どちらが正しいか確認し、双方を同じ値にする",
    ),
    "unknown_time": Words(
        "the sides differ and it is not known when {system} changed: make both sides equal",
        "値が異なるが、{system}側の変更日時が不明。どちらが正しいか確認し、双方を同じ値にする",
    ),
    "unknown_times": Words(
        "the sides differ and it is not known when either changed: make both sides equal",
        "値が異なるが、双方の変更日時が不明。どちらが正しいか確認し、双方を同じ値にする",
    ),
    "same_instant": Words(
        "both sides changed it in the same instant: make both sides equal",
        "双方が同時刻に変更。どちらが正しいか確認し、双方を同じ値にする",
    ),
    "later": Words("{winner} changed it later ({at})", "{winner}側の変更の方が新しい（{at}）"),
    "only_fills": Words(
        "both sides hold a value and the rule only fills blanks: make both sides equal",
        "双方に異なる値がある。この項目は未入力の補完のみのため、確認して双方を同じ値にする",
    ),
    "joined": Words("the values of both sides are kept together", "双方の値を合わせて保持"),
    "greater": Words("{winner} holds the greater value", "{winner}側の値の方が大きい"),
    "odd_stage": Words(
        "{system}'s stage {value} is not in the mapping's stages: add it there",
        "{system}側のステージ{value}がマッピングのstagesにない。stagesに追加する",
    ),
    "further": Words(
        "{winner} is further on, and this field only moves forward",
        "{winner}側の方が先に進んでいる。この項目は後戻りさせない",
    ),
    "odd_phase": Words(
        "the phase {value} is not in the mapping's stages, so nobody owns the field: add it there",
        "フェーズ{value}がマッピングのstagesになく、どちらを正とするか決まらない。stagesに追加する",
    ),
    "swapped": Words(
        "family and given name are swapped between the systems; {reason}", "姓と名がSalesforceとHubSpotで逆。{reason}"
    ),
    "swapped_respelled": Words(
        "family and given name are swapped between the systems and spelled differently: put them right by hand",
        "姓と名がSalesforceとHubSpotで逆で、字体も異なる。正しい姓名を確認し、手作業で直す",
    ),
}
_EVIDENCE: Mapping[str, Words] = {
    "holds": Words("{system} {place} holds {value}", "{system} {place} の値は{value}"),
    "holds_nothing": Words("{system} {place} holds nothing", "{system} {place} は未入力"),
    "agreed": Words("last agreed on {value}", "前回の一致値は{value}"),
    "agreed_nothing": Words("last agreed on nothing", "前回の一致値は空欄"),
    "no_counterpart": Words(
        "{source} {object} has no counterpart in {target}", "{source} {object} に対応するレコードが{target}にない"
    ),
    "created_from": Words("created from {ref}", "作成元: {ref}"),
}
_PROBLEMS: Mapping[str, Words] = {
    "lacking": Words(
        "{target} needs {field} and {ref} holds none; fill it in there",
        "{target}での作成には{field}が必要だが {ref} は未入力。先に入力する",
    ),
    "too_long": Words(
        "the value has {length} characters, {system} holds {limit}; shorten it or say truncate: true",
        "値が{length}文字あり、{system}の上限{limit}文字を超える。短くするか、マッピングにtruncate: trueを指定する",
    ),
    "not_boolean": Words(
        "{value} in {system} is neither true nor false; map it with transform: picklist",
        "{system}の値{value}は真偽値でない。マッピングでtransform: picklistを使う",
    ),
    "not_date": Words(
        "{value} in {system} is not a date (2026-11-30); correct it there",
        "{system}の値{value}は日付（2026-11-30の形式）でない。{system}側を修正する",
    ),
    "not_instant": Words(
        "{value} in {system} is not an instant with offset (2026-11-16T09:00:00+09:00); correct it there",
        "{system}の値{value}は時差つきの日時（2026-11-16T09:00:00+09:00の形式）でない。{system}側を修正する",
    ),
    "not_number": Words(
        "{value} in {system} is not a number; correct it there", "{system}の値{value}は数値でない。{system}側を修正する"
    ),
    "not_whole": Words(
        "{value} in {system} is not a whole number; use transform: decimal",
        "{system}の値{value}は整数でない。マッピングでtransform: decimalを使う",
    ),
    "not_address": Words(
        "{value} in {system} is not an e-mail address; correct it there",
        "{system}の値{value}はメールアドレスでない。{system}側を修正する",
    ),
    "not_site": Words(
        "{value} in {system} is not a web address; correct it there",
        "{system}の値{value}はWebサイトのアドレスでない。{system}側を修正する",
    ),
    "unmapped": Words(
        "{value} of {system} is not in the mapping; add it under fields.{field}.values",
        "{system}の値{value}がマッピングにない。fields.{field}.valuesに追加する",
    ),
    "unwritable": Words(
        "{value} has no {system} value in the mapping; add it under fields.{field}.values",
        "{value}に対応する{system}の値がマッピングにない。fields.{field}.valuesに追加する",
    ),
    "unknown_owner": Words(
        "{system} owner {owner} is not a known person (a queue?); assign a person there",
        "{system}の所有者 {owner} は既知の個人でない（キューなど）。個人に割り当てる",
    ),
    "inactive_owner": Words(
        "{owner} is not an active user in {system}; add the user there or reassign the record",
        "{owner} は{system}の有効なユーザーでない。{system}にユーザーを追加するか、レコードの担当を変更する",
    ),
}
SENTENCES: Mapping[str, Words] = {**_DECISIONS, **_EVIDENCE, **_PROBLEMS}
"""Every sentence by key."""


def say(key: str, language: Language, **values: object) -> str:
    """Give a sentence with its placeholders filled; ``value`` is what a system holds and gets quoted."""
    if "value" in values:
        values["value"] = quoted(values["value"], language)
    return SENTENCES[key].text(language).format(**values)


def quoted(value: object, language: Language) -> str:
    """Show what a system holds: in the language's quotes, on one line, cut where it gets long."""
    if language == "en":
        text = repr(value)
        return text if len(text) <= _SHOWN_MAX else text[: _SHOWN_MAX - 3] + "..."
    text = "".join(char if char.isprintable() or char == "\u3000" else " " for char in str(value))
    return f"「{text if len(text) <= _SHOWN_MAX else text[: _SHOWN_MAX - 1] + '…'}」"


def minute(instant: datetime, zone: tzinfo) -> str:
    """Give an instant as people of the org read it: 2026-11-02 09:00."""
    return instant.astimezone(zone).strftime("%Y-%m-%d %H:%M")
