"""Memory of a process from /proc/PID/smaps_rollup (Linux), in bytes."""

from collections import Counter
from pathlib import Path

KINDS = ("Rss", "Pss", "Uss", "Anonymous")


def memory(pid: int) -> dict[str, int]:
    """Resident pages, those divided among their users, its own, and those of no file.

    All zero when the process has just ended.
    """
    try:
        fields = parsed(Path(f"/proc/{pid}/smaps_rollup").read_text())
    except (FileNotFoundError, ProcessLookupError):
        return dict.fromkeys(KINDS, 0)
    own = fields["Private_Clean"] + fields["Private_Dirty"]
    return {
        "Rss": fields["Rss"], "Pss": fields["Pss"], "Uss": own, "Anonymous": fields["Anonymous"],
    }  # fmt: skip


def parsed(text: str) -> Counter[str]:
    """The fields of one mapping, or of several summed."""
    found: Counter[str] = Counter()
    for line in text.splitlines():
        words = line.split()
        if len(words) == 3 and words[2] == "kB":
            found[words[0].rstrip(":")] += int(words[1]) * 1024
    return found
