"""The message broker: RabbitMQ for ``amqp://``, Redis or Valkey for ``redis://``."""

from __future__ import annotations

from django.db import close_old_connections
from dramatiq.broker import Broker
from dramatiq.brokers.stub import StubBroker
from dramatiq.middleware import (
    AgeLimit,
    Callbacks,
    Middleware,
    Pipelines,
    Retries,
    ShutdownNotifications,
)

# Ten minutes and a week, Dramatiq's defaults, are not ours: a long video may
# take hours, native code cannot be interrupted by a time limit, and the
# database row, not the message, says what is still to be done.
_HEARTBEAT_MS = 60_000


class DatabaseConnections(Middleware):
    """Lets no message begin on a connection that broke or grew too old during another."""

    def before_process_message(self, broker: Broker, message: object) -> None:
        close_old_connections()

    def after_process_message(
        self, broker: Broker, message: object, *, result: object = None, exception: object = None
    ) -> None:
        close_old_connections()


def _middleware() -> list[Middleware]:
    return [
        AgeLimit(),
        ShutdownNotifications(),
        Callbacks(),
        Pipelines(),
        Retries(max_retries=3),
        DatabaseConnections(),
    ]


def make_broker(url: str) -> Broker:
    """A broker for ``url``; an empty one gives a broker in memory, for commands that send nothing.

    Raises
    ------
    ValueError
        For a scheme that no broker here speaks.
    """
    if not url:
        return StubBroker(middleware=_middleware())
    scheme = url.partition("://")[0]
    if scheme in {"redis", "rediss", "unix"}:
        from dramatiq.brokers.redis import RedisBroker

        return RedisBroker(  # type: ignore[no-untyped-call]
            url=url,
            middleware=_middleware(),
            heartbeat_timeout=_HEARTBEAT_MS,
            # Look for messages of dead workers with every command, not one in a thousand.
            maintenance_chance=1_000_000,
        )
    if scheme in {"amqp", "amqps"}:
        from dramatiq.brokers.rabbitmq import RabbitmqBroker

        return RabbitmqBroker(url=url, middleware=_middleware())
    raise ValueError(
        f"BROKER_URL starts with {scheme!r}: give redis://, rediss://, amqp:// or amqps://."
    )
