"""The sentences of findings, in both languages; a policy's own messages come from its file."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from syncagent.domain.records import Scalar
from syncagent.hygiene.policy import Language, Policy, Words
from syncagent.hygiene.subjects import Subject

SENTENCES: Mapping[str, Words] = {
    "stage": Words("Stage {value} since {since} ({days})", "フェーズ「{value}」に{since}から{days}滞留"),
    "clock": Words("Counted from {since} ({days})", "起算日 {since}（{days}経過）"),
    "clock_close": Words("Close date {since}, passed by {days}", "完了予定日 {since}（{days}超過）"),
    "clock_created": Words("Created on {since} ({days} ago)", "作成日 {since}（{days}経過）"),
    "clock_next_action": Words(
        "No valid next action since {since} ({days})",
        "{since}以降、有効なネクストアクションがありません（{days}経過）",
    ),
    "clock_handed": Words("Handed to sales on {since} ({days} ago)", "営業への引き渡し日 {since}（{days}経過）"),
    "history_whole": Words("Source: stage history", "根拠: フェーズ履歴"),
    "history_cut": Words(
        "Source: stage history from {day}; the record is older, so the true age may be higher",
        "根拠: {day}以降のフェーズ履歴（それ以前は不明のため、実際はさらに長い可能性があります）",
    ),
    "column": Words("{field}: {value}", "{field}: {value}"),
    "days": Words("{count} days", "{count}日"),
    "day": Words("{count} day", "{count}日"),
    "empty": Words("empty", "未入力"),
    "amount": Words("Amount {value}", "金額 {value}"),
    "clock_unknown": Words(
        "How long it has been in this stage is unknown, known from {day}: it is not judged before",
        "現フェーズの滞留日数は不明です（{day}以降の履歴のみ）。判明するまで判定しません",
    ),
    "unhanded": Words(
        "Not judged: the day of the hand-over is unknown (no linked HubSpot contact that became an MQL)",
        "判定できません: 引き渡し日が不明です（MQL日のあるHubSpotコンタクトと紐付いていません）",
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
        "Closed by the product{day} and reopened by a person: left alone until its stage moves again",
        "自動クローズ{day}の後に担当者が再オープンした案件のため、次にフェーズが動くまでは再度クローズしません",
    ),
    "also": Words("Also asked for by {policies}", "同時に該当するポリシー: {policies}"),
    "cleared": Words("No longer the case", "解消しました"),
    "recycle": Words(
        "Closed by {policy}: hand the people back to {code}", "{policy}によるクローズ後、{code}へ戻します"
    ),
}
"""Every sentence by key."""


CLOCKS: Mapping[str, str] = {
    "close_day": "clock_close",
    "created_day": "clock_created",
    "next_action_entered_day": "clock_next_action",
    "handed_day": "clock_handed",
}
"""The sentence that tells each day column's clock; others are told as counted from."""

EMPTY_CLOCKS: Mapping[str, str] = {"handed_day": "unhanded"}
"""The sentence for a clock that cannot start; others are told by the empty column's name."""

COLUMNS: Mapping[str, Words] = {
    "activity_count": Words("Activities completed by people", "担当者による活動（完了分）の件数"),
    "attempts": Words("Calls and mails", "架電・メールの回数"),
    "close_day": Words("Close date", "完了予定日"),
    "company": Words("Company", "会社名"),
    "competitor": Words("Competitor", "競合製品"),
    "created_day": Words("Created", "作成日"),
    "handed_day": Words("Handed to sales", "営業への引き渡し日"),
    "last_activity_day": Words("Last activity of a person", "担当者による最終活動日"),
    "last_next_action": Words("Last next action", "最後のネクストアクション"),
    "lead_source": Words("Lead source", "リードソース"),
    "loss_detail": Words("Loss detail", "失注詳細"),
    "loss_reason": Words("Loss reason", "失注理由"),
    "next_action_day": Words("Next action", "次回アクション日"),
    "next_action_entered_day": Words("Next action last entered or ended", "ネクストアクションの最終登録・完了日"),
    "next_step": Words("Next step", "次のステップ"),
    "owner_department": Words("Owner's department", "担当者の部署"),
    "return_day": Words("To be taken up again", "再アプローチ予定日"),
    "status": Words("Status", "状況"),
}
"""What people call a column; one without an entry is told by its own name."""

STATEMENTS: Mapping[tuple[str, bool], Words] = {
    ("has_next_action", False): Words(
        "No task, meeting or next step dated today or later, in Salesforce or in HubSpot",
        "本日以降の日付のタスク・予定・次のステップが、SalesforceにもHubSpotにもありません",
    ),
    ("has_next_action", True): Words(
        "A task, meeting or next step dated today or later exists",
        "本日以降の日付のタスク・予定・次のステップがあります",
    ),
}
"""What a yes/no column says in words; the others are plain from the record."""


def say(key: str, language: Language, **values: object) -> str:
    """Give a sentence with its values filled in."""
    return SENTENCES[key].text(language).format(**values)


def days_text(count: int, language: Language) -> str:
    """Say a number of days."""
    return say("day" if count == 1 else "days", language, count=count)


def column_name(column: str, language: Language) -> str:
    """Give what people call a column."""
    return COLUMNS[column].text(language) if column in COLUMNS else column


def statement(column: str, value: Scalar, language: Language) -> str:
    """Put a yes/no column into words; empty when it goes without saying."""
    words = STATEMENTS.get((column, bool(value)))
    return "" if words is None or value is None else words.text(language)


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
