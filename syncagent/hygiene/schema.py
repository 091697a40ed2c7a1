"""The shape of a policy file."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StrictBool, StrictInt, StrictStr, StringConstraints

from syncagent.domain.findings import Mode
from syncagent.hygiene.measures_python import ActivityKind
from syncagent.hygiene.policy import ClockKind
from syncagent.language.conditions_schema import ConditionModel
from syncagent.language.yaml import Section

Code = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,59}$")]
Record = dict[str, StrictBool | StrictInt | StrictStr | None]
Days = Annotated[int, Field(ge=0, le=3660)]


class WordsSection(Section):
    """A text in both languages."""

    en: str = Field(min_length=1, description="English.")
    ja: str = Field(min_length=1, description="Japanese.")


class ThresholdSection(Section):
    """How long the clock may run; give days or months."""

    days: Days = Field(0, description="Days; reached when the age is that many days or more.")
    months: int = Field(0, ge=0, le=120, description="Calendar months.")


class CloseSection(Section):
    """Close as lost on the due day."""

    stage: str = Field(min_length=1, description="The stage that means lost.")
    reason: str = Field(min_length=1, description="The product's own loss reason; never one a rep would choose.")
    detail: WordsSection = Field(description="The detail written beside it; name the policy with {policy}.")


class RouteSection(Section):
    """One row of an action table; the first row that holds decides."""

    where: str | None = Field(None, description="A condition as text.")
    when: ConditionModel | None = Field(None, description="A structured condition.")
    code: Code = Field(description="The code for the flag field; the action's own flag asks people, another sorts.")
    due: str | None = Field(None, description="A day column: the day written beside the code.")
    label: WordsSection = Field(description="What this row decides, as people read it.")


class ActionSection(Section):
    """What is proposed for a record the policy speaks about."""

    flag: Code = Field(description="The reason code written into the flag field.")
    routes: list[RouteSection] = Field(default_factory=list, description="A table of codes in place of the one flag.")
    digest: bool = Field(False, description="Marks the finding for its owner's digest; digests are not sent yet.")
    close: CloseSection | None = Field(None, description="Close as lost on the due day.")
    recycle: Code | None = Field(None, description="The code left in the flag field of a closed record.")


class MoneySection(Section):
    """An amount in whole units of a currency."""

    amount: int = Field(ge=0, description="Whole units, such as yen.")
    currency: str = Field(pattern="^[A-Z]{3}$", description="ISO 4217 code.")


class BrakesSection(Section):
    """Limits on one plan."""

    changes_max: int | None = Field(None, ge=0, description="Records acted on at most.")
    share_max_percent: int | None = Field(None, ge=0, le=100, description="Share of the records judged, in percent.")
    money_max: MoneySection | None = Field(None, description="Money at stake at most.")
    per_owner_max: int | None = Field(None, ge=0, description="Records of one owner at most.")


class HoldSection(Section):
    """Approved exceptions."""

    allowed: bool = Field(True, description="Whether a hold exempts a record from this policy.")


class ExclusionSection(Section):
    """Records the policy never speaks about."""

    reason: WordsSection = Field(description="Why they are left out.")
    where: str | None = Field(None, description="A condition as text.")
    when: ConditionModel | None = Field(None, description="A structured condition.")


class MessagesSection(Section):
    """Sentences with {stage}, {since}, {age_days}, {due}, {policy} and {label}."""

    warn: WordsSection = Field(description="When a record is flagged or warned.")
    act: WordsSection = Field(description="When the policy acts.")


class WarnedSection(Section):
    """A warning that reached the record."""

    days_ago: Days = Field(description="How many days ago.")
    due_in_days: int = Field(description="The announced day, counted from today.")


class CaseHoldSection(Section):
    """A hold asked for in the CRM."""

    until_in_days: int = Field(description="Its last day, counted from today.")
    approved: bool = Field(True, description="Whether a manager approved it.")


class DownSection(Section):
    """Days on which the product did not run."""

    from_days_ago: Days = Field(description="The last day it ran before.")
    to_days_ago: Days = Field(description="The day it ran again.")


class ActivitySection(Section):
    """An activity of the case's record; days count from today."""

    kind: ActivityKind = Field("task", description="In which system, and whether it is a call or a meeting.")
    subject: str = Field("", description="Its subject.")
    dated: int | None = Field(None, description="The day it is dated; null for a task without a due date.")
    entered: int | None = Field(None, description="The day it was entered; null means the day it is dated.")
    done: int | None = Field(None, description="The day it was completed; null while it is open.")
    at_once: bool = Field(False, description="Entered as completed, as a logged call is.")


class ExpectSection(Section):
    """What must come of a case."""

    state: Literal["none", "flagged", "warned", "due", "held", "vetoed"] = Field(description="The finding's state.")
    due_in_days: int | None = Field(None, description="The day the action falls due, counted from today.")
    closes: bool = Field(False, description="Whether the record is closed by this plan.")
    says: str = Field("", description="Words the evidence must contain (English).")
    flag: Code | None = Field(None, description="The code the record shall carry, where a table decides it.")
    flag_due_in_days: int | None = Field(None, description="The day written beside the code, counted from today.")


class CaseSection(Section):
    """One unit case of the policy; day columns of ``record`` count days from today."""

    case: str = Field(min_length=1, description="What the case shows.")
    record: Record = Field(default_factory=dict, description="Columns that differ from the example.")
    age_days: Days | None = Field(None, description="How long the clock has run; null when history is unknown.")
    mode: Mode = Field("enforce", description="The policy's mode in this case.")
    enforced_days_ago: Days = Field(365, description="Since when the policy is enforced.")
    warned: WarnedSection | None = Field(None, description="The warning given before.")
    hold: CaseHoldSection | None = Field(None, description="A hold in the CRM's fields.")
    down: DownSection | None = Field(None, description="An outage of the product.")
    closed_days_ago: Days | None = Field(None, description="Closed by the product then, and reopened since.")
    moved_since: bool = Field(False, description="Whether its stage moved again after the reopening.")
    activities: list[ActivitySection] = Field(default_factory=list, description="What people did and plan.")
    expect: ExpectSection = Field(description="What must come of it.")


class PolicySection(Section):
    """One policy file."""

    policy: Code = Field(description="The policy's name.")
    version: int = Field(ge=1, description="Counted up by hand when its meaning changes.")
    mode: Mode = Field("audit", description="audit shows, propose plans, enforce applies within the brakes.")
    label: WordsSection = Field(description="A short name for lists.")
    text: WordsSection = Field(description="What the policy says and why.")
    source: str = Field(min_length=1, description="Where the rule comes from.")
    over: str = Field(description="The view it runs over.")
    where: str | None = Field(None, description="A condition as text.")
    when: ConditionModel | None = Field(None, description="A structured condition; both must hold if both are given.")
    exclude: list[ExclusionSection] = Field(default_factory=list, description="Exceptions by rule.")
    clock: ClockKind | None = Field(None, description="What is timed; without it the flag is set at once.")
    clock_field: str | None = Field(None, description="The day column a field clock starts from.")
    threshold: ThresholdSection = Field(ThresholdSection(days=0, months=0), description="How long it may run.")
    warn_days_before: Days = Field(0, description="Days before the threshold on which the owner is warned.")
    grace_days: Days | None = Field(None, description="Days of notice after first enforcement, outage or hold.")
    outage_days_max: int = Field(3, ge=1, le=60, description="Days without a run that do not count as an outage.")
    shows: list[str] = Field(default_factory=list, description="Further columns the findings show.")
    hold: HoldSection = Field(HoldSection(allowed=True), description="Approved exceptions.")
    action: ActionSection = Field(description="What is proposed.")
    brakes: BrakesSection = Field(description="Limits on one plan.")
    messages: MessagesSection = Field(description="What people read.")
    precedence: int = Field(100, ge=1, description="When two policies meet on a record the lower number acts.")
    example: Record = Field(default_factory=dict, description="The record cases start from, by column of the view.")
    cases: list[CaseSection] = Field(default_factory=list, description="Unit cases `check` runs.")


class CaseFile(Section):
    """Further cases of a policy, kept outside its file."""

    policy: Code = Field(description="The policy's name.")
    example: Record = Field(default_factory=dict, description="The record cases start from.")
    cases: list[CaseSection] = Field(min_length=1, description="Unit cases.")
