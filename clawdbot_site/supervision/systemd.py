"""Tells systemd how it stands, where systemd started us (`Type=notify`)."""

import os
import socket


def tell(state: str) -> None:
    """Send `READY=1` or `STOPPING=1`. Does nothing under another parent, or when nobody listens.

    Source: sd_notify(3); a leading `@` stands for the abstract namespace.
    """
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address:
        return
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sending:
        try:
            sending.sendto(state.encode(), address.replace("@", "\0", 1))
        except OSError:
            return  # the supervisor of ours is worth more than its announcement
