"""The vendor's own people: Salesforce users and the same persons as HubSpot owners."""

from dataclasses import dataclass
from random import Random
from typing import Any

from syncagent.sandbox.generate.identifiers import Ids
from syncagent.sandbox.generate.moments import DAY, NOW, START, salesforce_time
from syncagent.sandbox.generate.streams import chance
from syncagent.sandbox.generate.vocabulary import words

_REASSIGNED_SHARE = 0.7
_FIRST_OWNER, _FIRST_HUBSPOT_USER = 77_010_101, 51_200_501


@dataclass(frozen=True, slots=True)
class Member:
    """One person of the vendor in both systems; `leaves` is when an inactive one left, in seconds."""

    user_id: str
    owner_id: str
    hubspot_user: int
    family: str
    given: str
    email: str
    team: str
    role: str
    leaves: int | None


@dataclass(frozen=True, slots=True)
class Staff:
    """Everybody, and who may own what."""

    members: tuple[Member, ...]

    @property
    def integration(self) -> Member:
        """The user both systems' connection writes as."""
        return self.members[0]

    def manager(self, team: str) -> Member:
        """The team's manager."""
        return next(member for member in self.members if member.team == team and member.role == "manager")

    def pick(self, rng: Random, team: str, when: int) -> Member:
        """Somebody of the team who worked here then; people who left still own what was not reassigned."""
        pool = [m for m in self.members if m.team == team and m.role == "member" and (m.leaves or NOW) >= when]
        picked = rng.choice(pool)
        if picked.leaves and chance(rng, _REASSIGNED_SHARE):
            return rng.choice([member for member in pool if not member.leaves])
        return picked


def hire(ids: Ids) -> Staff:
    """The vendor's people from the data file, in its order."""
    domain = words("staff")["domain"]
    members = []
    for number, person in enumerate(words("staff")["people"]):
        family, given = person["name"].split(" ")
        leaves = NOW - person["leaves"] * DAY if "leaves" in person else None
        members.append(
            Member(
                ids.salesforce("User"),
                str(_FIRST_OWNER + number * 17),
                _FIRST_HUBSPOT_USER + number,
                family,
                given,
                f"{person['romaji']}@{domain}",
                person["team"],
                person["role"],
                leaves,
            )
        )
    return Staff(tuple(members))


def user_row(staff: Staff, member: Member, profile_id: str) -> dict[str, Any]:
    """The Salesforce user of a person."""
    local = member.email.partition("@")[0]
    team = words("staff")["teams"][member.team]
    boss = None if member.role in ("integration", "manager") else staff.manager(member.team).user_id
    changed = salesforce_time(member.leaves or START)
    return {
        "Id": member.user_id,
        "Username": member.email,
        "Email": member.email,
        "LastName": member.family,
        "FirstName": member.given,
        "Name": f"{member.family} {member.given}",
        "Alias": local[:8],
        "CommunityNickname": local,
        "IsActive": member.leaves is None,
        "Title": _title(member, team["title"]),
        "Department": team["name"],
        "CompanyName": words("staff")["company"],
        "ManagerId": boss,
        "UserType": "Standard",
        "ProfileId": profile_id,
        "TimeZoneSidKey": "Asia/Tokyo",
        "LocaleSidKey": "ja_JP",
        "LanguageLocaleKey": "ja",
        "EmailEncodingKey": "UTF-8",
        "CreatedDate": salesforce_time(START),
        "CreatedById": staff.integration.user_id,
        "LastModifiedDate": changed,
        "LastModifiedById": staff.integration.user_id,
        "SystemModstamp": changed,
    }


def owner_entry(member: Member) -> dict[str, Any]:
    """The HubSpot owner of a person, as org.yaml lists it; people who left are archived."""
    team = words("staff")["teams"][member.team]
    return {
        "id": member.owner_id,
        "userId": member.hubspot_user,
        "email": member.email,
        "firstName": member.given,
        "lastName": member.family,
        "teams": [{"id": team["id"], "name": team["name"], "primary": True}],
        "archived": member.leaves is not None,
    }


def _title(member: Member, team: str) -> str:
    return {"manager": f"{team}マネージャー", "member": team, "integration": "システム連携"}[member.role]
