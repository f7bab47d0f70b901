"""A process of the node under test: `reader` (scale_reader.py) or `writer` (scale_writer.py).

    CLAWDBOT_HOME=FOLDER python -m benchmarks.scale_node reader

Takes one JSON object a line on stdin, {"do": NAME, ...}, and answers with one on stdout.
"""

import json
import sys
from collections.abc import Callable
from typing import Any

from benchmarks.scale_reader import Reader
from benchmarks.scale_writer import Writer
from clawdbot_site.cli.main import setup_django

ROLES: dict[str, type[Reader | Writer]] = {"reader": Reader, "writer": Writer}


def main() -> None:
    """Answer until stdin ends."""
    setup_django()
    node = ROLES[sys.argv[1]]()
    for line in sys.stdin:
        asked = json.loads(line)
        method: Callable[..., Any] = getattr(node, asked.pop("do"))
        print(json.dumps(method(**asked)), flush=True)


if __name__ == "__main__":
    main()
