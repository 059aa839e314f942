import threading
from itertools import count

import pytest

from transformer_mt.data.prefetch import prefetch


def prefetch_threads():
    return [thread for thread in threading.enumerate() if thread.name == "prefetch"]


@pytest.fixture(autouse=True)
def no_thread_is_left():
    yield
    assert prefetch_threads() == []


@pytest.mark.parametrize("depth", [1, 2, 50])
def test_items_come_in_order_and_end(depth):
    assert list(prefetch(iter(range(20)), depth=depth)) == list(range(20))
    assert list(prefetch(iter([]), depth=depth)) == []
    assert list(prefetch(iter([None, None]), depth=depth)) == [None, None]


@pytest.mark.parametrize("error", [ValueError("broken"), KeyboardInterrupt()])
def test_an_exception_comes_after_the_items_before_it(error):
    def broken():
        yield 1
        yield 2
        raise error

    items = prefetch(broken(), depth=10)
    assert [next(items), next(items)] == [1, 2]
    with pytest.raises(type(error)) as caught:
        next(items)
    assert caught.value is error


def test_closing_ends_the_thread_even_when_it_waits_for_room():
    full = threading.Event()

    def numbers():
        for number in count():
            if number == 4:  # one is consumed, two are ready, one waits for room
                raise AssertionError("the thread did not stop")
            if number == 3:
                full.set()
            yield number

    items = prefetch(numbers(), depth=2)
    assert next(items) == 0
    assert full.wait(timeout=30)
    items.close()
    assert prefetch_threads() == []


def test_leaving_a_loop_ends_the_thread():
    for item in prefetch(count(), depth=3):
        if item == 5:
            break
    del item


def test_no_more_than_depth_items_are_made_ahead():
    made = []

    def numbers():
        for number in range(30):
            made.append(number)
            yield number

    for consumed, _ in enumerate(prefetch(numbers(), depth=4), start=1):
        # the one in the consumer's hands, four ready, one that waits for room
        assert len(made) <= consumed + 5


def test_nothing_runs_before_the_first_item_is_asked_for():
    items = prefetch(iter([1]), depth=1)
    assert prefetch_threads() == []
    items.close()
