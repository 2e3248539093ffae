"""How a take is shared out among threads."""

import math

import pytest

from processing.stages.watching import batch_size


@pytest.mark.parametrize("threads", [1, 2, 3, 8])
@pytest.mark.parametrize("pictures", [1, 39, 40, 41, 81, 346, 5793])
def test_every_thread_gets_as_many_batches(threads: int, pictures: int) -> None:
    size = batch_size(pictures, threads)
    assert 1 <= size <= 40
    batches = math.ceil(pictures / size)
    # No thread looks at more than one batch's worth beyond its share.
    longest = math.ceil(batches / threads) * size
    assert longest - pictures / threads < math.ceil(batches / threads) + 1


def test_without_a_number_batches_are_whole() -> None:
    assert batch_size(0, 2) == 40
