"""Becomes a program that ends with its parent: `python3 -m clawdbot_site.front.tied PROGRAM`."""

import os
import sys

from clawdbot_site.supervision.parent_death import stop_with_parent

if __name__ == "__main__":
    stop_with_parent()
    os.execv(sys.argv[1], sys.argv[1:])  # noqa: S606
