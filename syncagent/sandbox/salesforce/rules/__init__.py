"""What the server does by itself when a record of an object is written."""

from syncagent.sandbox.salesforce.rules.activities import EventRules, TaskRules
from syncagent.sandbox.salesforce.rules.base import Rules
from syncagent.sandbox.salesforce.rules.campaigns import CampaignMemberRules, CampaignRules
from syncagent.sandbox.salesforce.rules.opportunities import ContactRoleRules, OpportunityRules
from syncagent.sandbox.salesforce.rules.people import LeadRules, PersonRules

_PLAIN = Rules()
_RULES: dict[str, Rules] = {
    "Campaign": CampaignRules(),
    "CampaignMember": CampaignMemberRules(),
    "Contact": PersonRules(),
    "Event": EventRules(),
    "Lead": LeadRules(),
    "Opportunity": OpportunityRules(),
    "OpportunityContactRole": ContactRoleRules(),
    "Task": TaskRules(),
    "User": PersonRules(),
}


def rules_of(object_name: str) -> Rules:
    """The rules of an object; most have none of their own."""
    return _RULES.get(object_name, _PLAIN)


__all__ = ["Rules", "rules_of"]
