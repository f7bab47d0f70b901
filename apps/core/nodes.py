"""What this machine is called among the nodes."""

import socket

from apps.core import config


def node_name() -> str:
    """`node.name`, else the host's name: one for all processes that share a data folder."""
    return config.load().node.name or socket.gethostname()
