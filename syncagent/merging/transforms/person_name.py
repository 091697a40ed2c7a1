"""Names of people: 髙橋 and 高橋 are spellings of one name, which are not rewritten."""

from __future__ import annotations

from syncagent.domain.names import same_person
from syncagent.merging.transforms import name
from syncagent.merging.transforms.transform import Transform

TRANSFORM = Transform("person_name", name.TRANSFORM.read, name.TRANSFORM.write, alike=same_person)
