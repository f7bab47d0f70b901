"""Brings database, static files, administrator and samples up to date.

`clawdbot up` stays small: this needs Django, so it is a hidden command that runs and ends.
"""

import time

from django.db import DatabaseError, connection

from apps.core import config
from clawdbot_site.cli.console import counted, note
from clawdbot_site.cli.evaluation_gate import tell_unproven
from clawdbot_site.cli.switching import switch_model
from clawdbot_site.installation import migrations, operator, samples, static_files
from clawdbot_site.supervision import keeper_presence
from clawdbot_site.upgrading import skew
from clawdbot_site.upgrading.backing_up import back_up
from clawdbot_site.upgrading.migrating import tables_up_to_date
from clawdbot_site.upgrading.one_at_a_time import tables_held

AWAIT_EVERY_S = 2.0


def await_prepared() -> None:
    """Return once the database has all migrations of this program and an administrator.

    While the database is away or empty it is asked again, without end: whoever starts this sets the
    limit. Raises Conflict where this program's version is too far from that of the others.
    """
    told = ""
    while reason := _unprepared():
        if reason != told:
            note(f"waiting: {reason}")
            told = reason
        time.sleep(AWAIT_EVERY_S)
    skew.require_near()


def _unprepared() -> str:
    """What is still missing; empty when nothing is."""
    try:
        if missing := migrations.unapplied():
            return f"{counted(len(missing), 'migration')} not applied yet"
        return "" if operator.is_there() else "there is no administrator yet"
    except DatabaseError:
        connection.close()
        return "the database does not answer"


def prepare(*, with_samples: bool) -> None:
    """Set up what is missing. Safe to repeat: what is there is left as it is."""
    tables_up_to_date(note, back_up=lambda: back_up(note))
    switch_model()
    tell_unproven()
    static_files.collect()
    configuration = config.load()
    keeper_presence.mark(configuration, is_needed=keeper_presence.is_needed(configuration))
    with tables_held(note):
        is_new = operator.ensure_admin()
    if is_new:
        note(f"administrator created, secrets in {configuration.data_dir / 'secrets'}")
    if with_samples and (loaded := samples.load_new(operator.operator())):
        note(f"{len(loaded)} sample collections submitted")
