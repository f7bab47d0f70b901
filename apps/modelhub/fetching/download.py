"""Brings a file here over connections that break: on from where it was, until it is whole."""

import os
import random
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO

from django.utils.translation import gettext as _

from apps.core.errors import Invalid
from apps.modelhub import files
from apps.modelhub.fetching import answers
from apps.modelhub.fetching.answers import Answer, OutOfReach, Passing
from apps.modelhub.fetching.part import Notes, Part
from apps.modelhub.sources import Source
from apps.serving.gguf.layout import MAGIC

if TYPE_CHECKING:
    import httpx

ROOM_EVERY_BYTES = 256 * 1024**2
MAX_WAIT_S = 60.0


@dataclass(frozen=True, slots=True)
class Fetched:
    """A file that is whole as far as lengths tell. `sha256`: what the hub says it must be.

    `is_known`: that is one that the order told of, so nothing was fetched.
    """

    sha256: str
    is_known: bool = False


@dataclass(frozen=True, slots=True)
class Order:
    """What is fetched into which part, and how patiently.

    `attempts`: tries without a byte more before it is given up; `wait_s`: before the second one,
    twice as long before each further one. `is_over`: asked at each block, true stops it for now.
    `is_known`: asked of the SHA-256 that the hub tells, true: the file need not be fetched.
    """

    source: Source
    part: Part
    watch: files.Watch = files.unwatched
    is_over: Callable[[], bool] = lambda: False
    is_known: Callable[[str], bool] = lambda sha256: False
    attempts: int = 5
    wait_s: float = 1.0


def fetch(order: Order) -> Fetched | None:
    """Fetch until the file is whole; None when it was stopped before. Hold the part's lock.

    Goes on from what the part holds when the server still has the same file. Raises OutOfReach at
    once when the server cannot be reached, Passing after several breaks, NotFound, Forbidden,
    Invalid, NoRoom. What was fetched stays for the next time.
    """
    failures, seen = 0, order.part.size
    with answers.client() as connection:
        while True:
            try:
                with _opened(order, connection) as answer:
                    return _take(order, answer)
            except (Passing, OutOfReach) as error:
                has_moved, seen = order.part.size > seen, order.part.size
                failures = 1 if has_moved else failures + 1
                is_offline = isinstance(error, OutOfReach) and not has_moved and failures == 1
                if is_offline or failures >= order.attempts or order.is_over():
                    raise
                _wait(order, failures, error)


def _opened(order: Order, connection: "httpx.Client") -> AbstractContextManager[Answer]:
    """From where the part ends, where it can be told that the file is still the same."""
    notes, url = order.part.notes, order.source.url
    can_go_on = bool(notes.etag or notes.sha256)
    return answers.asked(
        connection, url, start=order.part.size if can_go_on else 0, etag=notes.etag
    )


def _take(order: Order, answer: Answer) -> Fetched | None:
    if answer.sha256 and order.is_known(answer.sha256):
        return Fetched(answer.sha256, is_known=True)
    notes = _agreed(order, answer)
    if answer.is_past_end:
        return Fetched(notes.sha256)
    files.require_room(max(0, answer.total - answer.start))
    order.part.note(notes)
    with order.part.path.open("r+b") as file:
        file.truncate(answer.start)
        file.seek(answer.start)
        is_whole = _write(order, answer, file)
        file.flush()
        os.fsync(file.fileno())
    if is_whole and answer.total and order.part.size != answer.total:
        raise Passing(_("The connection broke before the end of the file."))
    return Fetched(notes.sha256) if is_whole else None


def _agreed(order: Order, answer: Answer) -> Notes:
    """What is known now. Raises Passing, and forgets the part, when it is of another file."""
    notes = order.part.notes
    if notes.sha256 and answer.sha256:
        is_other_file = notes.sha256 != answer.sha256
    else:  # some servers send the rest of a changed file, If-Range or not
        is_other_file = bool(notes.etag and answer.etag and notes.etag != answer.etag)
    is_other_size = bool(notes.size and answer.total and notes.size != answer.total)
    if answer.start and (is_other_file or is_other_size):
        os.truncate(order.part.path, 0)
        order.part.forget_notes()
        raise Passing(_("The file has changed where it comes from: it is fetched anew."))
    return Notes(
        source=order.source.shown,
        etag=answer.etag,
        size=answer.total,
        sha256=answer.sha256 or (notes.sha256 if answer.start else ""),
    )


def _write(order: Order, answer: Answer, file: BinaryIO) -> bool:
    """False: stopped for now. What arrived is in the file also when the connection breaks."""
    done = unmeasured = answer.start
    for block in answer.response.iter_raw():
        if done == 0 and block[: len(MAGIC)] != MAGIC[: len(block)]:
            raise Invalid(_no_model(answer), code="model_unusable")
        if not answer.total and done - unmeasured > ROOM_EVERY_BYTES:
            files.require_room(ROOM_EVERY_BYTES)
            unmeasured = done
        file.write(block)
        done += len(block)
        order.watch("fetching", done, answer.total)
        if order.is_over() and done != answer.total:
            return False
    return True


def _no_model(answer: Answer) -> str:
    kind = answer.response.headers.get("Content-Type", "?").split(";", 1)[0][:60]
    return _("What lies at that address is not a GGUF file (%(kind)s).") % {"kind": kind}


def _wait(order: Order, failures: int, error: Passing | OutOfReach) -> None:
    """Longer each time, never in step with others; as long as the server asked for, in reason."""
    asked_for_s = error.wait_s if isinstance(error, Passing) else 0.0
    wait_s = order.wait_s * 2.0 ** (failures - 1) * random.uniform(0.5, 1.0)  # noqa: S311
    time.sleep(min(MAX_WAIT_S, max(wait_s, asked_for_s)))
