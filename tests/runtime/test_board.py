from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from syncagent.runtime import Board, Standing

SERVER = os.environ.get("SYNCAGENT_TEST_POSTGRES", "")
NOW = datetime(2026, 11, 16, 0, 0, tzinfo=UTC)
LATER = NOW + timedelta(minutes=5)


@pytest.fixture(params=["sqlite", "postgresql"] if SERVER else ["sqlite"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    return SERVER if request.param == "postgresql" else f"sqlite:///{tmp_path}/runs.db"


@pytest.fixture
def board(url: str) -> Iterator[Board]:
    opened = Board(url, f"acme-{uuid.uuid4().hex}")
    yield opened
    opened.close()


def test_a_kind_is_introduced_once(board: Board) -> None:
    board.introduce("pull", NOW, NOW)
    board.introduce("pull", LATER, LATER)
    assert board.standings() == {"pull": Standing(NOW, NOW)}


def test_a_failure_keeps_the_last_success(board: Board) -> None:
    board.introduce("pull", NOW, NOW)
    board.note_end("pull", "waiting", NOW)
    board.note_end("pull", "failed", LATER)
    board.set_due("pull", LATER)
    assert board.standings() == {"pull": Standing(NOW, LATER, NOW, LATER, "failed")}


def test_orgs_do_not_see_each_other(url: str) -> None:
    boards = [Board(url, uuid.uuid4().hex) for _ in range(2)]
    boards[0].introduce("pull", NOW, NOW)
    boards[0].beat("host", LATER)
    assert boards[1].standings() == {}
    assert boards[1].claim_dead("host", NOW, LATER)
    for board in boards:
        board.close()


def test_the_living_are_not_claimed(board: Board) -> None:
    board.beat("host", LATER)
    assert not board.claim_dead("host", NOW, LATER)


def test_of_many_who_ask_one_takes_over(board: Board) -> None:
    board.beat("host", NOW)
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _n: board.claim_dead("host", LATER, LATER), range(8)))
    assert answers.count(True) == 1


def test_a_claim_lapses_so_that_a_dead_heir_does_not_block_the_next(board: Board) -> None:
    assert board.claim_dead("host", NOW, NOW)
    assert not board.claim_dead("host", NOW, NOW + timedelta(seconds=59))
    assert board.claim_dead("host", NOW, NOW + timedelta(seconds=60))
