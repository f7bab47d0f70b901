"""What `clawdbot doctor` looks at of nginx's certificate, where it lies on this machine."""

from collections.abc import Iterator
from datetime import timedelta
from fnmatch import fnmatch
from pathlib import Path
from urllib.parse import urlsplit

from apps.core.config import Config
from apps.core.errors import ClawdbotError
from clawdbot_site.certificates.issuing import Facts, certificate_facts, is_key_of
from clawdbot_site.cli.console import counted
from clawdbot_site.installation.findings import Finding

SOON = timedelta(days=14)


def front_findings(configuration: Config) -> Iterator[Finding]:
    """None where nginx has no certificate, or runs elsewhere."""
    certificate = Path(configuration.front.certificate or "/")
    if not certificate.is_file():
        return
    try:
        facts = certificate_facts(certificate)
        is_pair = is_key_of(Path(configuration.front.certificate_key), certificate)
    except (ClawdbotError, OSError) as error:
        yield Finding("certificate", str(certificate), f"It cannot be used: {error}")
        return
    host = urlsplit(configuration.service.public_url).hostname or ""
    seen = f"{', '.join(facts.names)} until {facts.not_after:%Y-%m-%d}"
    yield Finding("certificate", seen, _remedy(facts, host=host, is_pair=is_pair))


def _remedy(facts: Facts, *, host: str, is_pair: bool) -> str:
    if not is_pair:
        return "front.certificate_key is not its key: browsers cannot connect."
    if facts.left < SOON:
        is_over = facts.left < timedelta()
        when = "It is over" if is_over else f"It is over in {counted(facts.left.days, 'day')}"
        return f"{when}: clawdbot tls renew, or put a fresh one there."
    if host and not any(_covers(name, host) for name in facts.names):
        return f"It is not for {host} (service.public_url): clawdbot tls issue {host}"
    return ""


def _covers(name: str, host: str) -> bool:
    """A star stands for one label."""
    return fnmatch(host, name) and host.count(".") == name.count(".")
