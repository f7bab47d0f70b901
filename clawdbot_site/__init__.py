"""Wiring only: settings, URLs, Celery, WSGI, the command line."""
