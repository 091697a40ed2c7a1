"""What every maker of rows needs: streams, ids, files, people, campaigns, the record of planted dirt."""

from dataclasses import dataclass, field

from syncagent.sandbox.generate.campaigns import Programme
from syncagent.sandbox.generate.companies import Companies, Company
from syncagent.sandbox.generate.identifiers import Ids
from syncagent.sandbox.generate.sheets import Sheets
from syncagent.sandbox.generate.staff import Member, Staff
from syncagent.sandbox.generate.streams import Quota, Streams
from syncagent.sandbox.generate.truth import Truth


@dataclass(slots=True)
class Workshop:
    """The state of one generation."""

    streams: Streams
    ids: Ids
    sheets: Sheets
    staff: Staff
    programme: Programme
    truth: Truth = field(default_factory=Truth)
    companies: Companies = field(init=False)
    _founded: int = 0
    _quotas: dict[str, Quota] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.companies = Companies(self.streams)

    def due(self, kind: str, per: int) -> bool:
        """Whether one in `per` of a kind of dirt is to be planted here."""
        return self._quota(kind, per).due()

    def postpone(self, kind: str, per: int) -> None:
        """Plant at the next chance instead, because this place did not fit."""
        self._quota(kind, per).wait()

    def note_owner(self, sobject: str, identifier: str, owner: Member) -> None:
        """Plant a row whose owner has left."""
        if owner.leaves:
            self.truth.plant("owner_inactive", object=sobject, id=identifier)

    def next_company(self) -> Company:
        """A company no other row speaks of yet."""
        self._founded += 1
        return self.companies.found(self._founded - 1)

    def _quota(self, kind: str, per: int) -> Quota:
        if kind not in self._quotas:
            self._quotas[kind] = Quota(self.streams.of(f"quota {kind}"), per)
        return self._quotas[kind]
