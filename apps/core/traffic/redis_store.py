"""Places and counters of all nodes, in the Redis that is the broker too."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from redis import ConnectionError, Redis, RedisError
from redis.backoff import NoBackoff
from redis.retry import Retry

from apps.core.traffic.protocols import (
    Day,
    Entry,
    Forgotten,
    Load,
    OutOfReach,
    Priority,
    Refused,
    Rule,
    Running,
    State,
    Used,
    Waiting,
)
from apps.core.traffic.queueing import (
    FIRST_MEAN_S,
    LATER_S,
    LATEST_RETURN_S,
    LEASE_S,
    LONGEST_TURN_S,
    MEAN_WEIGHT,
    WINDOW_S,
)

SCRIPT = Path(__file__).with_name("redis_store.lua")
PREFIX = "{clawdbot:traffic}:"
TIMEOUT_S = 2.0


class RedisStore:
    """A Store whose methods are one script call each: atomic, by the server's clock."""

    def __init__(self, url: str, *, places: int, queue: int) -> None:
        link = Redis.from_url(
            url,
            socket_timeout=TIMEOUT_S,
            socket_connect_timeout=TIMEOUT_S,
            socket_keepalive=True,
            retry=Retry(NoBackoff(), 1, (ConnectionError,)),  # cut: once over a fresh one
        )
        self._script = link.register_script(SCRIPT.read_text())
        self._constants = {
            "places": places,
            "queue": queue,
            "classes": len(Priority),
            "later_s": [LATER_S[priority] for priority in Priority],
            "longest_turn_s": LONGEST_TURN_S,
            "lease_s": LEASE_S,
            "window_s": WINDOW_S,
            "first_mean_s": FIRST_MEAN_S,
            "mean_weight": MEAN_WEIGHT,
            "latest_return_s": LATEST_RETURN_S,
        }

    def enter(self, entry: Entry, day: Day) -> State:
        """As promised by Store."""
        asked = {
            "ticket": entry.ticket,
            "flow": entry.flow,
            "priority": int(entry.priority),
            "rules": _written(entry.rules),
            "tokens": entry.tokens,
            "wait_limit_s": entry.wait_limit_s,
            "wait_limit_answers": entry.wait_limit_answers,
        }
        return _state(self._call("enter", entry=asked, **_day(day)), entry.rules)

    def poll(self, tickets: Sequence[str]) -> Mapping[str, State]:
        """As promised by Store."""
        found = self._call("poll", tickets=list(tickets))
        return dict(zip(tickets, map(_state, found), strict=True))

    def leave(self, ticket: str, *, tokens: int = 0, is_served: bool = True) -> None:
        """As promised by Store."""
        self._call("leave", ticket=ticket, tokens=tokens, is_served=is_served)

    def send_away(self) -> Refused:
        """As promised by Store."""
        return Refused(self._call("send_away"))

    def used(self, rules: Sequence[Rule], day: Day) -> Mapping[Rule, Used]:
        """As promised by Store."""
        found = self._call("used", rules=_written(rules), **_day(day))
        return {rule: Used(*one) for rule, one in zip(rules, found, strict=True)}

    def load(self) -> Load:
        """As promised by Store."""
        return Load(*self._call("load"))

    def _call(self, name: str, **given: Any) -> Any:
        asked = json.dumps({**given, "constants": self._constants})
        try:
            return json.loads(self._script(keys=[PREFIX], args=[name, asked]))
        except RedisError as error:
            raise OutOfReach from error


def _day(day: Day) -> dict[str, Any]:
    return {"day": day.name, "day_ends_in_s": day.ends_in_s}


def _written(rules: Sequence[Rule]) -> list[dict[str, Any]]:
    return [{"limited": rule.limited, "subject": rule.subject, "most": rule.most} for rule in rules]


def _state(found: Sequence[Any], rules: Sequence[Rule] = ()) -> State:
    """`found`: state, position or number of the rule from 1, seconds."""
    name, number, seconds = found
    if name == "runs":
        return Running()
    if name == "waits":
        return Waiting(number, seconds)
    if name == "forgotten":
        return Forgotten()
    return Refused(seconds, rules[number - 1] if number else None)
