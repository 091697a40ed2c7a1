"""Nobody real can be reached, and the people look like people."""

import re

import pytest

from syncagent.sandbox.generate.companies import Companies
from syncagent.sandbox.generate.streams import Streams
from tests.sandbox.generate.reading import Generated

FREE_MAIL = re.compile(r"[a-z]+-[a-z]+\d*@gmail\.com")
LANDLINE, MOBILE = re.compile(r"0\d{1,3}-0\d{1,3}-\d{4}"), re.compile(r"0[789]0-0\d{3}-\d{4}")


def test_addresses_lead_to_reserved_domains_or_nowhere(org: Generated) -> None:
    addresses = {row["Email"] for name in ("Contact", "Lead", "User") for row in org.salesforce[name] if "Email" in row}
    addresses |= {row["properties"]["email"] for row in org.hubspot["contacts"] if "email" in row["properties"]}
    assert len(addresses) > 1500
    for address in addresses:
        assert address.endswith(".example") or FREE_MAIL.fullmatch(address.lower()), address


def test_phone_numbers_are_in_blocks_nobody_has(org: Generated) -> None:
    for name in ("Account", "Contact", "Lead"):
        for row in org.salesforce[name]:
            assert "Phone" not in row or LANDLINE.fullmatch(row["Phone"]), row["Phone"]
            assert len(row.get("Phone", "0" * 10).replace("-", "")) == 10
            assert "MobilePhone" not in row or MOBILE.fullmatch(row["MobilePhone"])


def test_companies_stay_unique_in_very_large_orgs() -> None:
    companies_of = Companies(Streams(7))
    numbers = [*range(300), *range(3000, 3300), *range(150_000, 150_300)]
    companies = [companies_of.found(number) for number in numbers]
    assert len({company.registered_name for company in companies}) == len(numbers)
    assert len({company.domain for company in companies}) == len(numbers)


def test_names_run_out_with_a_message() -> None:
    with pytest.raises(ValueError, match="used up after 1,000,000 companies"):
        Companies(Streams(7)).found(1_000_000)


def test_the_amounts_are_a_business_a_manager_would_believe(org: Generated) -> None:
    won = [row["Amount"] for row in org.salesforce["Opportunity"] if row["IsWon"]]
    lost = [row for row in org.salesforce["Opportunity"] if row["IsClosed"] and not row["IsWon"]]
    spent = sum(row.get("ActualCost", 0) for row in org.salesforce["Campaign"])
    assert 2_500_000 < sum(won) / len(won) < 7_000_000
    assert 0.25 < len(won) / (len(won) + len(lost)) < 0.45
    assert 0.1 < spent / sum(won) < 0.5
    assert all(isinstance(amount, int) for amount in won)
