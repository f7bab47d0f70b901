"""Everything that `clawdbot doctor` looks at, in its order, whatever is broken."""

from collections.abc import Iterator

from apps.core.config import Config
from clawdbot_site.cli.main import setup_django
from clawdbot_site.installation.findings import Finding
from clawdbot_site.installation.front_checks import front_findings
from clawdbot_site.installation.machine_checks import machine_findings

REFUSED = "clawdbot: configuration: "
AGAIN = "Put this right, then run this again: nothing behind it could be looked at."


def examine(configuration: Config) -> Iterator[Finding]:
    """One finding a check. A part that cannot be looked at is a finding, too."""
    yield from machine_findings(configuration)
    yield from front_findings(configuration)
    if configuration.data_dir.exists():
        try:
            setup_django()
        except SystemExit as refusal:
            yield Finding("configuration", str(refusal).removeprefix(REFUSED), AGAIN)
            return
        from clawdbot_site.installation.data_checks import data_findings  # needs Django

        yield from data_findings()
