from __future__ import annotations

import os
from pathlib import Path

import pytest

from syncagent.errors import Busy, StoreError
from syncagent.runtime import take_worker_lock


def test_the_second_worker_is_told_who_is_there(tmp_path: Path) -> None:
    path = tmp_path / "new" / "acme.worker.lock"
    lock = take_worker_lock(path)
    with pytest.raises(Busy, match=rf"process {os.getpid()} on .*stop that one first"):
        take_worker_lock(path)
    lock.release()
    lock.release()
    take_worker_lock(path).release()


def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="lock file cannot be opened"):
        take_worker_lock(tmp_path / "file" / "acme.worker.lock")
