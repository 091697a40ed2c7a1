"""Who is who: which record of one system is which record of the other.

    result = match(mapping, salesforce_records, hubspot_records, stored_links)

Certain links are made, doubtful ones are told; nothing merges records by itself.
"""

from syncagent.matching.match import Doubt, MatchResult, match
from syncagent.matching.wanted import Matchable

__all__ = ["Doubt", "MatchResult", "Matchable", "match"]
