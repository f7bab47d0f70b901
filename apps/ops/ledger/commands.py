"""What is asked on the command line, in the ledger beside what comes through a door."""

from collections.abc import Iterator
from contextlib import contextmanager

from apps.accounts.models import User
from apps.core import metering
from apps.core.errors import ClawdbotError
from apps.core.metering import Kind, Meter, Outcome, Surface
from apps.core.nodes import node_name
from apps.ops.ledger.recording import CODE_CHARACTERS, Entry, figures_of, outcome_of
from apps.ops.ledger.writing import writer
from apps.ops.ledger_records import RequestRecord


@contextmanager
def command_recorded(kind: Kind, *, user: User) -> Iterator[None]:
    """The block is one request of this user; its row is written before the process ends."""
    meter, is_over = metering.open_meter(), False
    try:
        yield
        is_over = True
    except ClawdbotError as error:
        metering.told(status=error.status, code=error.code)
        raise
    except KeyboardInterrupt:
        metering.left()
        raise
    finally:
        metering.close_meter()
        writer.note(_entry(meter, kind, user, is_over=is_over))


def _entry(meter: Meter, kind: Kind, user: User, *, is_over: bool) -> Entry:
    """A bug ends the command without a word to the meter."""
    if not is_over and not meter.status and meter.outcome is not Outcome.CANCELLED:
        meter.status, meter.code = 500, "internal_error"
    outcome = outcome_of(meter.status, meter.code) if meter.status else meter.outcome
    record = RequestRecord(
        surface=Surface.CLI,
        kind=kind,
        outcome=outcome or Outcome.DONE,
        status=meter.status,
        code=meter.code[:CODE_CHARACTERS],
        user_id=user.pk,
        node=node_name(),
        **figures_of(meter),
    )
    return Entry(record, meter.begun_at)
