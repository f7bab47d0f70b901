"""Celery's broker for many machines: Redis, and workers that outlive it.

kombu's own transport forgets a message only once Redis has heard that it was dealt with. Where
Redis is away at that moment, nobody tries again; a worker that takes one message at a time then
waits for ever, with nothing on its connections that could tell it that they are dead.
"""

from typing import Any

from kombu.transport import redis, virtual


class QoS(redis.QoS):  # type: ignore[misc]
    """What is dealt with is forgotten here, whether Redis can be told or not. What it was not told
    it gives to another worker after an hour: our tasks may be repeated."""

    def ack(self, delivery_tag: str) -> None:
        """Raises the connection's error, which Celery logs."""
        try:
            super().ack(delivery_tag)
        except self.channel.connection_errors:
            virtual.QoS.ack(self, delivery_tag)
            raise

    def reject(self, delivery_tag: str, requeue: bool = False) -> None:
        """As `ack`."""
        try:
            super().reject(delivery_tag, requeue=requeue)
        except self.channel.connection_errors:
            virtual.QoS.ack(self, delivery_tag)
            raise


class Channel(redis.Channel):  # type: ignore[misc]
    QoS: Any = QoS


class Transport(redis.Transport):  # type: ignore[misc]
    """For broker.url: redis:// and rediss://."""

    Channel = Channel
