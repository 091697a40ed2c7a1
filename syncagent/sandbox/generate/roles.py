"""Who at the customer takes part in an opportunity, and which campaign gets the credit by Salesforce's own field."""

from dataclasses import dataclass
from random import Random

from syncagent.sandbox.generate.audit import audit
from syncagent.sandbox.generate.campaigns import Campaign
from syncagent.sandbox.generate.moments import DAY, LATEST
from syncagent.sandbox.generate.streams import chance
from syncagent.sandbox.generate.touches import Touch
from syncagent.sandbox.generate.walks import Walk
from syncagent.sandbox.generate.workshop import Workshop

NO_ROLE_EVERY, NO_CAMPAIGN_EVERY, LATE_ROLE_EVERY = 8, 9, 40
_ROLES = ("Decision Maker", "Business User", "Evaluator", "Influencer", "Economic Buyer", "Technical Buyer")


@dataclass(frozen=True, slots=True)
class Known:
    """A contact as an opportunity sees them."""

    contact_id: str
    hubspot_id: str | None
    created: int
    touches: list[Touch]


def buying_group(workshop: Workshop, rng: Random, opportunity: str, walk: Walk, people: list[Known]) -> list[Known]:
    """The people with a role: the first is who it began with; sometimes nobody was entered."""
    if workshop.due("no role", NO_ROLE_EVERY):
        workshop.truth.plant("opportunity_without_role", opportunity=opportunity)
        return []
    present = [person for person in people[1:] if person.created < (walk.closed_at or LATEST)]
    others = rng.sample(present, min(len(present), rng.choice((0, 1, 1, 2, 3))))
    return [people[0], *others]


def write_roles(workshop: Workshop, rng: Random, opportunity: str, walk: Walk, group: list[Known]) -> None:
    """Write the contact roles, the first one primary; now and then the last was added only after the close."""
    for place, person in enumerate(group):
        moment = max(walk.created if place == 0 else walk.created + rng.randrange(1, 20) * DAY, person.created)
        moment = min(moment, walk.closed_at or LATEST)
        if walk.closed_at and place and place == len(group) - 1 and workshop.due("late role", LATE_ROLE_EVERY // 3):
            moment = min(walk.closed_at + 6 * DAY, LATEST)
            workshop.truth.plant("late_role", opportunity=opportunity, contact=person.contact_id)
        row = {
            "Id": workshop.ids.salesforce("OpportunityContactRole"),
            "OpportunityId": opportunity,
            "ContactId": person.contact_id,
            "Role": rng.choice(_ROLES),
            "IsPrimary": place == 0,
            **audit(moment, workshop.staff.integration),
        }
        workshop.sheets.salesforce("OpportunityContactRole", row)


def source_campaign(
    workshop: Workshop, rng: Random, opportunity: str, walk: Walk, people: list[Known]
) -> Campaign | None:
    """The primary campaign: usually the last the people met before the opportunity was opened."""
    before = [touch for person in people for touch in person.touches if touch.at <= walk.created]
    if not before or workshop.due("no campaign", NO_CAMPAIGN_EVERY):
        workshop.truth.plant("opportunity_without_campaign", opportunity=opportunity, touched=bool(before))
        return None
    before.sort(key=lambda touch: (touch.at, touch.campaign.id))
    return (before[-1] if chance(rng, 0.8) else rng.choice(before)).campaign  # else set by hand
