"""The WSGI entry of the web process."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clawdbot_site.settings")
application = get_wsgi_application()

from apps.api.readiness import warm_up  # noqa: E402  # Django must be set up first
from apps.core import config  # noqa: E402
from apps.core.traffic.rooms import keep_threads_for_pages  # noqa: E402
from clawdbot_site import urls  # noqa: E402, F401  here, not with the first request
from clawdbot_site.installation import applying  # noqa: E402

applying.register()
keep_threads_for_pages(config.load().service.web_threads)
warm_up.start()
