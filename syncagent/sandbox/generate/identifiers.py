"""Record ids as both systems make them, and Japanese corporate numbers."""

from collections import Counter
from random import Random

_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_CHECKSUM = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"
_PREFIXES = {
    "Account": "001",
    "Campaign": "701",
    "CampaignMember": "00v",
    "Contact": "003",
    "Event": "00U",
    "Lead": "00Q",
    "Opportunity": "006",
    "OpportunityContactRole": "00K",
    "OpportunityHistory": "008",
    "Profile": "00e",
    "Task": "00T",
    "User": "005",
}
_HUBSPOT_FIRST = {"contacts": 150_400_001, "companies": 9_200_301, "deals": 21_700_501, "tasks": 60_100_001}
_FIRST_RECORD = 238_421
_STRIDE = 37  # neighbours in an org are rarely neighbours in id


def eighteen(identifier: str) -> str:
    """A 15-character Salesforce id with its three checksum characters: one per five, a bit for each capital."""
    tail = ""
    for start in (0, 5, 10):
        bits = sum(1 << place for place, letter in enumerate(identifier[start : start + 5]) if "A" <= letter <= "Z")
        tail += _CHECKSUM[bits]
    return identifier + tail


def salesforce_id(sobject: str, number: int) -> str:
    """The 18-character id of the number-th record of an object."""
    value, text = _FIRST_RECORD + number * _STRIDE, ""
    while value:
        value, digit = divmod(value, 62)
        text = _DIGITS[digit] + text
    return eighteen(f"{_PREFIXES[sobject]}5g0{text:0>9}")


class Ids:
    """Hands out ids, rising within each object."""

    def __init__(self) -> None:
        self._used: Counter[str] = Counter()

    def salesforce(self, sobject: str) -> str:
        """The next id of a Salesforce object."""
        self._used[sobject] += 1
        return salesforce_id(sobject, self._used[sobject])

    def hubspot(self, object_type: str) -> str:
        """The next id of a HubSpot object type."""
        self._used[object_type] += 1
        return str(_HUBSPOT_FIRST[object_type] + (self._used[object_type] - 1) * 50)


def corporate_number(number: int) -> str:
    """The number-th company's corporate number.

    Its last twelve digits start with 99, which no registry office has, so it belongs to no real company.
    """
    return with_check_digit(f"99{number * 7_919 % 10**10:010d}")


def with_check_digit(body: str) -> str:
    """A 13-digit corporate number: in front, 9 less the weighted digit sum (1 and 2 from the right) modulo 9."""
    weighted_sum = sum(int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(body)))
    return str(9 - weighted_sum % 9) + body


def guid(rng: Random) -> str:
    """A random UUID (version 4), as HubSpot numbers its campaigns."""
    digits = f"{rng.getrandbits(128):032x}"
    return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-a{digits[17:20]}-{digits[20:]}"
