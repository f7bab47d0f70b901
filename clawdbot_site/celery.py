"""The Celery application: doorbells only, every job is a database row."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clawdbot_site.settings")
app = Celery("clawdbot")
app.config_from_object("clawdbot_site.celery_settings:settings", namespace=None)
app.autodiscover_tasks(
    ["ingest", "apps.modelhub", "apps.generation", "apps.evaluation", "apps.ops"]
)
