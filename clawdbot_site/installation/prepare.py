"""Brings database, static files, administrator and samples up to date.

`clawdbot up` stays small: this needs Django, so it is a hidden command that runs and ends.
"""

from django.core.management import call_command

from apps.core import config
from clawdbot_site.cli.console import note
from clawdbot_site.cli.switching import switch_model
from clawdbot_site.installation import migrations, operator, samples, static_files
from clawdbot_site.supervision import keeper_presence


def prepare(*, with_samples: bool) -> None:
    """Set up what is missing. Safe to repeat: what is there is left as it is."""
    if migrations.unapplied():
        note("preparing the database")
        call_command("migrate", interactive=False, verbosity=0)
    switch_model()
    static_files.collect()
    configuration = config.load()
    keeper_presence.mark(configuration, is_needed=keeper_presence.is_needed(configuration))
    if operator.ensure_admin():
        note(f"administrator created, secrets in {configuration.data_dir / 'secrets'}")
    if with_samples and (loaded := samples.load_new(operator.operator())):
        note(f"{len(loaded)} sample collections submitted")
