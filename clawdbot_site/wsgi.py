"""The WSGI entry of the web process."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clawdbot_site.settings")
application = get_wsgi_application()

from apps.api.readiness import warm_up  # noqa: E402  # Django must be set up first

warm_up.start()
