"""Work that follows behind, in a thread: what encoders do while the next frame is made."""

import contextlib
import queue
import threading
from collections.abc import Callable, Iterator
from typing import Generic, TypeVar

Item = TypeVar("Item")

_POLL_S = 0.1


class Behind(Generic[Item]):
    """Takes items and hands them to a function in a thread; see `behind`."""

    def __init__(self, work: Callable[[Item], None], depth: int) -> None:
        self._work = work
        self._waiting: queue.Queue[tuple[Item] | None] = queue.Queue(depth)
        self._error: BaseException | None = None
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="behind", daemon=True)
        self._thread.start()

    def put(self, item: Item) -> None:
        """Hand over an item; waits while the thread is too far behind.

        Raises
        ------
        BaseException
            What the function raised on an earlier item.
        """
        self._put((item,))

    def finish(self) -> None:
        """Wait until every item has been worked on; raises like `put`."""
        self._put(None)
        self._thread.join()
        if self._error is not None:
            raise self._error

    def stop(self) -> None:
        """Wait for the item in work and drop the others."""
        self._stopped.set()
        self._thread.join()

    def _put(self, entry: tuple[Item] | None) -> None:
        while self._error is None:
            try:
                self._waiting.put(entry, timeout=_POLL_S)
            except queue.Full:
                continue
            return
        if entry is not None:
            raise self._error

    def _run(self) -> None:
        while not self._stopped.is_set():
            try:
                entry = self._waiting.get(timeout=_POLL_S)
            except queue.Empty:
                continue
            if entry is None:
                return
            try:
                self._work(entry[0])
            except BaseException as error:  # handed over to whoever puts, whatever it is
                self._error = error
                return


@contextlib.contextmanager
def behind(work: Callable[[Item], None], depth: int = 4) -> Iterator[Behind[Item]]:
    """Run `work` on items in a thread, in order, at most `depth` items behind.

    Where the block ends well, all items have been worked on; where it does not, the thread has
    ended and waiting items are dropped.
    """
    follower: Behind[Item] = Behind(work, depth)
    try:
        yield follower
        follower.finish()
    finally:
        follower.stop()
