"""The indexer of a node: `python -m apps.retrieval.indexer`, and catching up without it.

Light to import, also before Django is set up; the index libraries load at the first call.
"""

import os
import sys
from collections.abc import Sequence

import django


def catch_up(*, timeout_s: float = 60) -> int:
    """Bring this node's index to the last committed change; returns the number it reached.

    Does it here when no indexer runs, else waits for that. Raises Retryable after `timeout_s`.
    Vectors in a Milvus are brought there, too, when it answers.
    """
    from apps.retrieval import index_following, shared_vectors  # heavy

    reached = index_following.catch_up(timeout_s=timeout_s)
    shared_vectors.catch_up(timeout_s=timeout_s)
    return reached


def purge_now(*, timeout_s: float = 180) -> int:
    """Have no file of this node's indexes hold anything of what is retired now.

    The indexer does that by itself, some seconds after the last change or a minute after the first.
    Done here when none runs, else waited for. Returns the change up to which it is true. Raises
    Retryable after `timeout_s`.
    """
    from apps.retrieval import index_following  # heavy

    return index_following.purge_now(timeout_s=timeout_s)


def run_forever(verify_command: Sequence[str] = ()) -> None:
    """Keep the index up to date until SIGTERM or SIGINT: the indexer process's whole life.

    `verify_command` is run every night, and with `--repair` when a repair is asked for.
    """
    from apps.retrieval import index_following  # heavy

    index_following.run_forever(verify_command)


def main() -> None:
    """The process: sets Django up, then runs until it is told to stop.

    Its arguments, if any, are the command that verifies this node.
    """
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clawdbot_site.settings")
    django.setup()
    from apps.core import node_report  # needs Django

    node_report.start("indexer")
    run_forever(sys.argv[1:])


if __name__ == "__main__":
    main()
