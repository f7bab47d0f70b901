"""Reads files with the parsers and nothing around them: `python -m clawdbot_site.airgap.reading
FILE...`. Prints a line for each."""

import sys
from pathlib import Path

from ingest.loaders import registry
from ingest.sniffing import sniff


def main(files: list[str]) -> None:
    """Read each to its end. Raises what a parser raises."""
    for name in files:
        path = Path(name)
        media_type = sniff(path, path.name)
        records = list(registry.loader_for(media_type).load(path, media_type, path.name))
        sys.stdout.write(f"{path.name}: {len(records)}\n")


if __name__ == "__main__":
    main(sys.argv[1:])
