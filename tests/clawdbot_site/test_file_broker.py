"""The broker of one machine."""

import pytest
from kombu import Connection

from clawdbot_site.file_broker import Channel

QUEUE = "parse"


@pytest.fixture
def connection(tmp_path):
    transport = "clawdbot_site.file_broker:Transport"
    options = {"folder": str(tmp_path), "polling_interval": 0.01}
    with Connection(
        "files://localhost", transport=transport, transport_options=options
    ) as connection:
        yield connection


def test_messages_come_out_whole_and_in_order(connection):
    queue = connection.SimpleQueue(QUEUE)
    for number in range(3):
        queue.put({"job": number, "名": "读"})

    taken = [queue.get(timeout=5) for _ in range(3)]

    assert [message.payload for message in taken] == [{"job": n, "名": "读"} for n in range(3)]


def test_a_taken_message_is_gone_for_others(connection):
    queue = connection.SimpleQueue(QUEUE)
    queue.put("once")
    queue.get(timeout=5).ack()

    with pytest.raises(queue.Empty):
        queue.get(timeout=0.1)


def test_a_message_still_being_written_is_not_taken(connection, tmp_path):
    queue = connection.SimpleQueue(QUEUE)
    (tmp_path / f".1_a.{QUEUE}.msg").write_text("")

    assert queue.qsize() == 0


def test_queues_whose_names_end_alike_do_not_mix(connection):
    connection.SimpleQueue("re.parse").put("other")

    assert connection.SimpleQueue(QUEUE).qsize() == 0


def test_there_is_no_fanout():
    assert Channel.supports_fanout is False
