"""Health checks of containers: `python -P -m clawdbot_site.supervision.health NAME|URL`.

Exit code 0: healthy. NAME: a process that tells of itself (apps.core.pulse). URL: what answers 2xx.
Standard library only: it takes a twentieth of a second, four times a minute in each container.
"""

import sys
import urllib.error
import urllib.request

from apps.core import pulse

TIMEOUT_S = 4
SILENT_S = 300  # a loop that waits for a broker or a database tries again within a minute
BUSY_S = {"worker-embed": 900, "indexer": 3600}  # these work for so long at one piece
WEB = "http://127.0.0.1:8000/readyz"
DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def problem(target: str) -> str:
    """Why a process is not healthy, in words; empty: it is."""
    if target == "web":
        target = WEB
    return _answer(target) if "://" in target else _silence(target)


def _answer(url: str) -> str:
    try:
        with DIRECT.open(url, timeout=TIMEOUT_S):
            return ""
    except urllib.error.HTTPError as error:
        return f"{error.code}: {error.read(500).decode(errors='replace').strip()}"
    except OSError as error:
        return str(error)


def _silence(name: str) -> str:
    age = pulse.age_s(name)
    if age == pulse.NEVER:
        return f"{name} has not told of itself yet"
    limit = BUSY_S.get(name, SILENT_S)
    return f"{name} has been silent for {age:.0f} s" if age > limit else ""


def main(arguments: list[str]) -> int:
    """0: healthy; 1: not, with one line that says why; 2: wrong usage."""
    if len(arguments) != 1:
        print(__doc__, file=sys.stderr)  # noqa: T201
        return 2
    if found := problem(arguments[0]):
        print(f"clawdbot: {found}", file=sys.stderr)  # noqa: T201
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
