"""The supervisor's own process: `python -m clawdbot_site.supervision.daemon -n -c FILE`.

Supervisor tells on stderr what it could not write into a log. Where both lie on a full disk that
fails, too, and would end it with everything that it keeps running.
"""

from supervisor import loggers, supervisord


def run() -> None:
    """Supervise until told to stop. Lines that no disk takes are lost, and nothing else."""
    loggers.Handler.handleError = lambda _handler: None
    supervisord.main()


if __name__ == "__main__":
    run()
