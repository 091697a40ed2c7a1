"""The only state code: the relational store and the rebuildable analytics file.

Open a store with :func:`open_store`; read inside ``with store.read() as tx``, write inside ``with store.write(fence) as
tx``. What is stored lives in modules by noun whose functions take the transaction: ``mirror.record(tx, ref)``,
``journal.intend(tx, ...)``. A module is imported from here, ``from syncagent.store import journal``.
"""

from syncagent.store.documents import Json
from syncagent.store.state import Fence, ReadTx, Store, WriteTx, open_store

__all__ = ["Fence", "Json", "ReadTx", "Store", "WriteTx", "open_store"]
