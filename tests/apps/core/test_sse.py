"""Server-sent events from slow and from broken iterators."""

import threading

import pytest

from apps.core import cancellation, sse

pytestmark = pytest.mark.django_db(transaction=True)


def test_items_come_in_their_order():
    assert list(sse.Feed(iter("abc")).read()) == ["a", "b", "c"]


def test_silence_is_noticed_while_the_source_works():
    go_on = threading.Event()

    def slow():
        go_on.wait(10)
        yield "late"

    items = sse.Feed(slow()).read(silence_s=0.01)

    assert isinstance(next(items), sse.Silence)
    go_on.set()
    assert [item for item in items if not isinstance(item, sse.Silence)] == ["late"]


def test_what_the_source_raises_is_raised_to_the_reader():
    def broken():
        yield "first"
        raise ValueError("broken")

    items = sse.Feed(broken()).read()

    assert next(items) == "first"
    with pytest.raises(ValueError, match="broken"):
        next(items)


def test_a_closed_feed_closes_its_source():
    closed, told = threading.Event(), threading.Event()

    def endless():
        try:
            while True:
                yield "item"
                told.wait(10)
        finally:
            closed.set()

    feed = sse.Feed(endless())
    next(feed.read())
    feed.close()
    told.set()

    assert closed.wait(10)


def test_an_event_is_one_block_with_its_data_on_one_line():
    told = sse.event("token", {"text": "第一行\n第二行"})

    assert told == 'event: token\ndata: {"text": "第一行\\n第二行"}\n\n'


def test_a_closed_feed_wakes_its_source_where_it_waits():
    woken, waits = threading.Event(), threading.Event()

    def waiting():
        with cancellation.current.get().waking(woken.set):
            waits.set()
            yield woken.wait(10)

    feed = sse.Feed(waiting())
    waits.wait(10)
    feed.close()

    assert [item for item in feed.read() if not isinstance(item, sse.Silence)] == [True]
