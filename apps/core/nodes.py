"""What this machine is called among the nodes."""

import socket


def node_name() -> str:
    """The host's name: one node per machine."""
    return socket.gethostname()
