"""Hold the org's lease for the length of an operation that writes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from syncagent.operations.installation import Installation
from syncagent.store import Fence, lease


@contextmanager
def held_lease(installation: Installation, what: str) -> Iterator[Fence]:
    """Take the lease or raise Busy naming who holds it; give it back at the end, whatever happens."""
    fence = lease.acquire(installation.store, holder=installation.actor, what=what, now=installation.clock())
    try:
        yield fence
    finally:
        lease.release(installation.store, fence)
