"""Wiring only: settings, URLs, Celery, WSGI, the command line."""

from clawdbot_site.celery import app as celery_app

__all__ = ["celery_app"]
