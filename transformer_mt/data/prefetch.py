"""Preparing the next batches in a background thread while the current one is used."""

import queue
import threading
import time
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from typing import TypeVar

Item = TypeVar("Item")


@dataclass(frozen=True)
class _End:
    error: BaseException | None


def timed(iterator: Iterator[Item]) -> Iterator[tuple[Item, float]]:
    """Yield each item with the seconds that the thread worked on it."""
    began = time.thread_time()
    for item in iterator:
        yield item, time.thread_time() - began
        began = time.thread_time()


def prefetch(iterator: Iterator[Item], *, depth: int) -> Generator[Item, None, None]:
    """Yield the items of `iterator`, of which a thread keeps up to `depth` ready.

    The order is the iterator's. Its exception is raised after the items that came before it.
    The thread begins with the first item asked for; it ends with the iterator, or when the
    generator is closed, which waits for the item in the making.
    """
    assert depth > 0
    ready: queue.Queue[Item | _End] = queue.Queue(maxsize=depth)
    closed = threading.Event()

    def produce() -> None:
        error = None
        try:
            for item in iterator:
                ready.put(item)
                if closed.is_set():
                    return
        except BaseException as raised:  # the consumer raises it
            error = raised
        ready.put(_End(error))

    thread = threading.Thread(target=produce, name="prefetch", daemon=True)
    thread.start()
    try:
        while not isinstance(item := ready.get(), _End):
            yield item
        if item.error is not None:
            raise item.error
    finally:
        closed.set()
        while not ready.empty():  # so that the thread's last put, if one is left, has room
            ready.get()
        thread.join()
