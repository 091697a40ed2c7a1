"""How people meet the company: their first campaign, the later ones, and the campaign members that record it."""

from dataclasses import dataclass
from random import Random

from syncagent.sandbox.generate.audit import audit
from syncagent.sandbox.generate.campaigns import Campaign
from syncagent.sandbox.generate.moments import DAY, TODAY, date_text, day_of, workday, working_moment
from syncagent.sandbox.generate.streams import chance
from syncagent.sandbox.generate.workshop import Workshop

_FIRST_BY_CAMPAIGN, _RESPONDED_SHARE = 0.8, 0.9


@dataclass(frozen=True, slots=True)
class Touch:
    """One contact with a campaign; somebody who was only sent it has not responded."""

    at: int
    campaign: Campaign
    responded: bool


def first_met(workshop: Workshop, rng: Random, low: int, high: int) -> tuple[int, list[Touch]]:
    """When somebody became known, between two days, and the campaign touch that brought them if one did."""
    day = rng.randrange(low, high + 1)
    if chance(rng, _FIRST_BY_CAMPAIGN) and (met := workshop.programme.touch(rng, day)):
        moment, campaign = met
        if low <= day_of(moment) <= high:
            return moment, [Touch(moment, campaign, responded=True)]
    return working_moment(rng, max(low, workday(day))), []


def later_touches(workshop: Workshop, rng: Random, known: list[Touch], since: int, count: int) -> list[Touch]:
    """The known touches and up to `count` later ones, each campaign once, in time."""
    touches, seen = list(known), {touch.campaign.id for touch in known}
    first, last = day_of(since) + 1, TODAY - 1
    for _ in range(count if first <= last else 0):
        met = workshop.programme.touch(rng, rng.randrange(first, last + 1))
        if met and met[0] > since and met[1].id not in seen:
            seen.add(met[1].id)
            touches.append(Touch(*met, responded=chance(rng, _RESPONDED_SHARE)))
    return sorted(touches, key=lambda touch: touch.at)


def write_members(workshop: Workshop, touches: list[Touch], lead_id: str | None, contact_id: str | None) -> None:
    """Write the memberships; a converted lead's carry both ids."""
    writer = workshop.staff.integration
    for touch in touches:
        created = max(touch.at - (0 if touch.responded else DAY), touch.campaign.created)
        row = {
            "Id": workshop.ids.salesforce("CampaignMember"),
            "CampaignId": touch.campaign.id,
            "LeadId": lead_id,
            "ContactId": contact_id,
            "Status": "Responded" if touch.responded else "Sent",
            "HasResponded": touch.responded,
            "FirstRespondedDate": date_text(day_of(touch.at)) if touch.responded else None,
            **audit(created, writer),
        }
        workshop.sheets.salesforce("CampaignMember", row)
