"""Stores for the contract suite, and processes that ask them."""

from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.queues import SimpleQueue
from pathlib import Path
from typing import Any
from uuid import uuid4

from apps.core.traffic.protocols import Day, Entry, Limited, Priority, Rule, Running, Store
from apps.core.traffic.redis_store import RedisStore
from apps.core.traffic.sqlite_store import SqliteStore

TODAY = Day(name="2026-11-23", ends_in_s=3600)
SPAWN = get_context("spawn")


@dataclass(frozen=True)
class Where:
    """What another process needs to open the same store."""

    address: str

    def opened(self, *, places: int = 2, queue: int = 64) -> Store:
        if self.address.startswith("redis:"):
            return RedisStore(self.address, places=places, queue=queue)
        return SqliteStore(Path(self.address), places=places, queue=queue)


def entry(flow: str = "user:1", priority: Priority = Priority.API, **more: Any) -> Entry:
    return Entry(ticket=uuid4().hex, flow=flow, priority=priority, **{"wait_limit_s": 1e9, **more})


def most(limited: Limited, count: int, subject: str = "user:1") -> tuple[Rule, ...]:
    return (Rule(limited, subject, count),)


def many_enter(where: Where, times: int, rules: tuple[Rule, ...], told: SimpleQueue) -> None:
    """Another process: enters so often, tells how often it was let in."""
    store = where.opened(places=10_000)
    states = [store.enter(entry(rules=rules), TODAY) for _ in range(times)]
    told.put(sum(isinstance(state, Running) for state in states))


def many_hold(where: Where, times: int, told: SimpleQueue) -> None:
    """Another process: takes places and gives them back; tells the most that ever ran."""
    store, seen = where.opened(places=3), 0
    for _ in range(times):
        mine = entry(flow=uuid4().hex)
        if isinstance(store.enter(mine, TODAY), Running):
            seen = max(seen, store.load().running)
        store.leave(mine.ticket)
    told.put(seen)


def enter_and_hang(where: Where, count: int, told: SimpleQueue) -> None:
    """Another process: takes places, and is killed with them."""
    store = where.opened()
    for _ in range(count):
        store.enter(entry(), TODAY)
    told.put(store.load().running)
    told.get()


def in_processes(count: int, task: Callable[..., None], *args: Any) -> list[int]:
    """What each of so many processes told."""
    told = SPAWN.SimpleQueue()
    started = [SPAWN.Process(target=task, args=(*args, told)) for _ in range(count)]
    for process in started:
        process.start()
    found = [told.get() for _ in started]
    for process in started:
        process.join()
    return found
