"""The sentences of findings, in both languages; a policy's own messages come from its file."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from syncagent.hygiene.policy import Language, Policy, Words
from syncagent.hygiene.subjects import Subject

SENTENCES: Mapping[str, Words] = {
    "stage": Words("Stage {value} since {since} ({age} days)", "フェーズ「{value}」{since}から（{age}日）"),
    "clock": Words("Counted from {since} ({age} days)", "起算日 {since}（{age}日）"),
    "history_whole": Words("Source: stage history", "根拠: フェーズ履歴"),
    "history_cut": Words(
        "Source: stage history from {day}; the record is older, so the true age may be higher",
        "根拠: {day}以降のフェーズ履歴（それ以前は不明のため、実際はさらに長い可能性があります）",
    ),
    "column": Words("{field}: {value}", "{field}: {value}"),
    "empty": Words("empty", "未入力"),
    "amount": Words("Amount {value}", "金額 {value}"),
    "clock_unknown": Words(
        "How long it has been in this stage is unknown, known from {day}: it is not judged before",
        "現フェーズの滞留日数は不明です（{day}以降の履歴のみ）。判明するまで判定しません",
    ),
    "clock_empty": Words("Cannot be judged: {field} is empty", "判定できません: {field} が未入力です"),
    "unknown": Words("Cannot be decided because {field} is empty", "{field} が未入力のため判定できません"),
    "no_history": Words("the next stage change", "次のフェーズ変更"),
    "ordinary": Words("Warned {warn} days before the threshold", "期限の{warn}日前の事前通知です"),
    "first_enforcement": Words(
        "Past the warning day when the policy begins to be enforced: {grace} days of notice",
        "ポリシー適用開始時点で通知日を過ぎているため、{grace}日の猶予を設けます",
    ),
    "outage": Words(
        "The warning time was cut by an outage of the product: {grace} days of notice",
        "システム停止で通知期間が確保できなかったため、{grace}日の猶予を設けます",
    ),
    "hold_expired": Words(
        "The hold ended on {day}: warned again with {grace} days of notice",
        "保留が{day}に終了したため、改めて{grace}日前に通知します",
    ),
    "unwarned": Words(
        "Nobody was warned before: {grace} days of notice", "事前通知がなかったため、{grace}日の猶予を設けます"
    ),
    "warned": Words("Warned on {day}; the announced day is {due}", "{day}に通知済み（予告した期日: {due}）"),
    "late_warning": Words(
        "The warning reached the record late, so the policy acts on {due}",
        "通知の反映が遅れたため、実行日は{due}になります",
    ),
    "held": Words("On hold until {day}: {reason} (approved by {who})", "{day}まで保留: {reason}（承認: {who}）"),
    "hold_incomplete": Words(
        "A hold is requested but not in force: {missing} missing",
        "保留申請がありますが未成立です（不足: {missing}）",
    ),
    "hold_until": Words("the last day", "期限"),
    "hold_reason": Words("the reason", "理由"),
    "hold_approved_by": Words("the approval", "承認者"),
    "reopened": Words(
        "Closed by the product{day} and reopened by a person: it is not closed again",
        "自動クローズ後{day}に担当者が再オープンした案件のため、再度クローズしません",
    ),
    "also": Words("Also asked for by {policies}", "同時に該当するポリシー: {policies}"),
    "cleared": Words("No longer the case", "解消しました"),
    "recycle": Words(
        "Closed by {policy}: hand the people back to {code}", "{policy}によるクローズ後、{code}へ戻します"
    ),
}
"""Every sentence by key."""


def say(key: str, language: Language, **values: object) -> str:
    """Give a sentence with its values filled in."""
    return SENTENCES[key].text(language).format(**values)


def message(words: Words, policy: Policy, subject: Subject, language: Language, today: date, due: date | None) -> str:
    """Fill a policy's own sentence for one record."""
    since = subject.clock_day
    return words.text(language).format(
        age_days="?" if since is None else (today - since).days,
        due="-" if due is None else due.isoformat(),
        label=policy.label.text(language),
        policy=policy.name,
        since="-" if since is None else since.isoformat(),
        stage=subject.text("stage") or "-",
    )
