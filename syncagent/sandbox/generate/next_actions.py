"""The next action of an open opportunity: a dated one ahead in either system, one that lapsed, or none."""

from dataclasses import dataclass
from random import Random

from syncagent.sandbox.generate.activities import write_event, write_hubspot_task, write_task
from syncagent.sandbox.generate.moments import DAY, HOUR, LATEST, TODAY, at, date_of, day_of, workday, working_moment
from syncagent.sandbox.generate.vocabulary import words
from syncagent.sandbox.generate.walks import Walk
from syncagent.sandbox.generate.work import Desk
from syncagent.sandbox.generate.workshop import Workshop


@dataclass(frozen=True, slots=True)
class NextAction:
    """What of it shows on the opportunity: the next-step text and when it was typed, the day of an event ahead."""

    text: str | None = None
    typed: int = 0
    event_day: int = 0


def write_next_action(workshop: Workshop, rng: Random, walk: Walk, desk: Desk) -> NextAction:
    """Write the next action the card wants."""
    kind, subject = walk.card["next"], rng.choice(words("deals")["next_steps"])
    if kind in ("none", "stale_text", "overdue"):
        return _write_lapsed(workshop, rng, walk, desk, subject)
    day = max(workday(TODAY + 1 + rng.randrange(20)), TODAY)
    created = max(working_moment(rng, workday(TODAY - 1 - rng.randrange(10))), min(walk.moves[-1].at + HOUR, LATEST))
    who, hubspot_id = desk.people[0]
    if kind == "text":
        return NextAction(_next_step(rng, day, subject), created)
    if kind == "event":
        start = at(day, (10 + rng.randrange(8)) * HOUR)
        write_event(
            workshop,
            desk.owner,
            subject,
            start=start,
            day=day,
            created=created,
            who=who,
            what=desk.opportunity,
            account=desk.account,
        )
        return NextAction(event_day=day)
    if kind == "hubspot" and desk.deal:
        write_hubspot_task(
            workshop, desk.owner, subject, due=day, created=created, done=False, deal=desk.deal, contact=hubspot_id
        )
    else:
        write_task(
            workshop,
            desk.owner,
            subject,
            due=day,
            created=created,
            who=who,
            what=desk.opportunity,
            account=desk.account,
        )
    return NextAction()


def _write_lapsed(workshop: Workshop, rng: Random, walk: Walk, desk: Desk, subject: str) -> NextAction:
    if walk.card["next"] == "overdue":
        due = max(workday(TODAY - 3 - rng.randrange(30)), day_of(walk.created))
        created = max(working_moment(rng, due) - 5 * DAY, walk.created)
        who = desk.people[0][0]
        write_task(
            workshop,
            desk.owner,
            subject,
            due=due,
            created=created,
            who=who,
            what=desk.opportunity,
            account=desk.account,
        )
    elif walk.card["next"] == "stale_text":
        day = max(day_of(walk.moves[-1].at), TODAY - 70 - rng.randrange(90))
        return NextAction(_next_step(rng, day, subject), max(at(day, 9 * HOUR) - 4 * DAY, walk.created))
    return NextAction()


def _next_step(rng: Random, day: int, subject: str) -> str:
    """A next step as representatives type it: a date in one of their ways and what is to be done."""
    date = date_of(day)
    ways = (f"{date.month}/{date.day}", date.isoformat(), f"{date.month}月{date.day}日")
    return f"{rng.choice(ways)} {subject}"
