"""What was done in the past: meetings, calls and tasks on opportunities, calls to leads."""

from dataclasses import dataclass
from random import Random

from syncagent.sandbox.generate.activities import write_event, write_hubspot_task, write_task
from syncagent.sandbox.generate.moments import DAY, HOUR, at, workday, working_moment
from syncagent.sandbox.generate.staff import Member
from syncagent.sandbox.generate.streams import weighted
from syncagent.sandbox.generate.vocabulary import shares, words
from syncagent.sandbox.generate.workshop import Workshop

_KINDS = (("meeting", 32), ("call", 33), ("task", 27), ("hubspot", 8))


@dataclass(frozen=True, slots=True)
class Desk:
    """Where an opportunity's activities belong: who works on it, whom they deal with, the records in both systems."""

    owner: Member
    opportunity: str
    account: str
    people: list[tuple[str, str | None]]
    """Contact id and HubSpot id of each."""
    deal: str | None


def call_lead(workshop: Workshop, rng: Random, caller: Member, lead_id: str, day: int, *, connected: bool) -> None:
    """Write a call to a lead on a day, with an outcome of the wanted kind."""
    outcomes = [(name, share) for (name, reached), share in shares("leads", "dispositions") if reached == connected]
    _write_call(workshop, rng, caller, day, (weighted(rng, outcomes), connected), who=lead_id)


def write_past_work(workshop: Workshop, rng: Random, desk: Desk, first: int, last: int) -> None:
    """Write what was done between two days, ending with a planned task completed on the last."""
    day = first
    while day < last - 2:
        _write_piece(workshop, rng, desk, max(first, workday(day)), first)
        day += 6 + rng.randrange(18)
    subject = rng.choice(words("deals")["tasks"])
    planned = working_moment(rng, max(first, last - 1 - rng.randrange(5)))
    done = max(working_moment(rng, last), planned)
    who = rng.choice(desk.people)[0]
    write_task(
        workshop,
        desk.owner,
        subject,
        due=last,
        created=planned,
        done=done,
        who=who,
        what=desk.opportunity,
        account=desk.account,
    )


def _write_piece(workshop: Workshop, rng: Random, desk: Desk, day: int, first: int) -> None:
    """Write one meeting, call or task; what was planned was entered some days before."""
    kind, (who, hubspot_id) = weighted(rng, _KINDS), rng.choice(desk.people)
    planned = max(at(first, 8 * HOUR), working_moment(rng, day) - rng.randrange(1, 6) * DAY)
    what, account = desk.opportunity, desk.account
    if kind == "meeting":
        start = at(day, (10 + rng.randrange(8)) * HOUR)
        subject = rng.choice(words("deals")["meetings"])
        write_event(
            workshop, desk.owner, subject, start=start, day=day, created=planned, who=who, what=what, account=account
        )
    elif kind == "call":
        outcome = weighted(rng, shares("leads", "dispositions"))
        _write_call(workshop, rng, desk.owner, day, outcome, who=who, what=what, account=account)
    elif kind == "hubspot" and desk.deal:
        subject = rng.choice(words("deals")["tasks"])
        write_hubspot_task(
            workshop, desk.owner, subject, due=day, created=planned, done=True, deal=desk.deal, contact=hubspot_id
        )
    else:
        done = max(working_moment(rng, day), planned)
        subject = rng.choice(words("deals")["tasks"])
        write_task(
            workshop, desk.owner, subject, due=day, created=planned, done=done, who=who, what=what, account=account
        )


def _write_call(
    workshop: Workshop,
    rng: Random,
    caller: Member,
    day: int,
    outcome: tuple[str, bool],
    *,
    who: str,
    what: str | None = None,
    account: str | None = None,
) -> None:
    result, connected = outcome
    moment = working_moment(rng, day)
    seconds = 90 + rng.randrange(700) if connected else rng.randrange(5, 40)
    subject, call = rng.choice(words("deals")["calls"]), (result, seconds)
    write_task(
        workshop, caller, subject, due=day, created=moment, done=moment, who=who, what=what, account=account, call=call
    )
