"""What `clawdbot doctor` says of backups."""

from apps.core import clock
from apps.ops.backups.outlook import outlook
from clawdbot_site.cli.console import counted
from clawdbot_site.installation.findings import Finding

CHECK = "backup"
NOT_SET_UP = Finding(
    CHECK,
    "not set up (backup.to)",
    "Set backup.to and backup.passphrase_file: then one is made every day.",
    is_urgent=False,
)


def backup_finding() -> Finding:
    """When the last one was made; what to do when one failed, or none is made any more."""
    seen = outlook()
    if seen.failed is not None:
        return Finding(
            CHECK,
            f"the last one failed: {seen.failed.message}",
            f"Put that right, then run: clawdbot backup --to {seen.failed.place}",
        )
    if seen.is_running:
        return Finding(CHECK, "being made")
    if seen.made_at is None:
        return Finding(CHECK, "none yet") if seen.is_asked_for else NOT_SET_UP
    hours = int((clock.now() - seen.made_at).total_seconds() // 3600)
    told = f"made {counted(hours, 'hour')} ago" if hours else "made within the hour"
    if seen.is_late:
        return Finding(CHECK, told, "Does beat run? See: clawdbot logs beat, worker-parse")
    if seen.lacking is not None:
        remedy = "Run: clawdbot index verify, clawdbot backup verify"
        return Finding(CHECK, f"{told}; {seen.lacking.message}", remedy)
    return Finding(CHECK, told)
