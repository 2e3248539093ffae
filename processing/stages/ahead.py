"""Work done a few frames ahead, in a thread: codecs and models let go of the interpreter."""

import contextlib
import queue
import threading
from collections.abc import Iterable, Iterator
from typing import TypeVar

Item = TypeVar("Item")

_POLL_S = 0.1


class _End:
    def __init__(self, error: BaseException | None) -> None:
        self.error = error


@contextlib.contextmanager
def ahead(items: Iterable[Item], depth: int = 4) -> Iterator[Iterator[Item]]:
    """Iterate over `items` in a thread that is at most `depth` items ahead.

    What the thread raises is raised to the reader, in its place. The thread has ended when the
    block ends, however it ends.

    Parameters
    ----------
    items : iterable
        Consumed (and closed, where it can be) by the thread alone.
    depth : int
        Items held; bounds the memory.

    Yields
    ------
    iterator
    """
    waiting: queue.Queue[Item | _End] = queue.Queue(depth)
    stopped = threading.Event()

    def put(item: Item | _End) -> None:
        while not stopped.is_set():
            try:
                waiting.put(item, timeout=_POLL_S)
            except queue.Full:
                continue
            return

    def work() -> None:
        try:
            for item in items:
                put(item)
                if stopped.is_set():
                    break
        except BaseException as error:  # handed over to the reader, whatever it is
            put(_End(error))
        else:
            put(_End(None))
        finally:
            close = getattr(items, "close", None)
            if close is not None:
                close()

    def read() -> Iterator[Item]:
        while True:
            item = waiting.get()
            if isinstance(item, _End):
                if item.error is not None:
                    raise item.error
                return
            yield item

    thread = threading.Thread(target=work, name="ahead", daemon=True)
    thread.start()
    try:
        yield read()
    finally:
        stopped.set()
        thread.join()
