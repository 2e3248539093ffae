"""Working ahead in a thread changes nothing but the time it takes."""

import threading
from collections.abc import Iterator

import pytest

from processing.stages.ahead import ahead


def test_items_come_in_order() -> None:
    with ahead(iter(range(100)), depth=3) as items:
        assert list(items) == list(range(100))


def test_what_the_thread_raises_arrives_in_its_place() -> None:
    def work() -> Iterator[int]:
        yield 1
        raise ValueError("broken frame")

    seen = []
    with pytest.raises(ValueError, match="broken frame"), ahead(work()) as items:
        for item in items:
            seen.append(item)
    assert seen == [1]


def test_leaving_early_ends_the_thread_and_closes_the_source() -> None:
    closed = threading.Event()

    def work() -> Iterator[int]:
        try:
            number = 0
            while True:
                yield number
                number += 1
        finally:
            closed.set()

    before = threading.active_count()
    with pytest.raises(RuntimeError, match="enough"), ahead(work()) as items:
        for item in items:
            if item == 10:
                raise RuntimeError("enough")
    assert closed.is_set()
    assert threading.active_count() == before


def test_it_holds_no_more_than_its_depth() -> None:
    made = 0
    third = threading.Event()

    def work() -> Iterator[int]:
        nonlocal made
        while made < 50:
            made += 1
            if made == 3:
                third.set()
            yield made

    with ahead(work(), depth=2) as items:
        assert third.wait(timeout=10)
        # Two wait, one is in the thread's hands: nothing was taken out yet.
        assert made == 3
        assert list(items) == list(range(1, 51))
