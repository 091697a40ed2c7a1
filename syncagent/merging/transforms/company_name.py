"""Names of companies: 株式会社ABC, (株)ＡＢＣ and ABC㈱ are spellings of one name, which are not rewritten."""

from __future__ import annotations

from syncagent.domain.names import same_company
from syncagent.merging.transforms import name
from syncagent.merging.transforms.transform import Transform

TRANSFORM = Transform("company_name", name.TRANSFORM.read, name.TRANSFORM.write, alike=same_company)
