"""Sets the product up, for programs that use its parts without an installation, in a home folder
that goes with the process. Import it before anything of `apps`."""

import atexit
import os
import shutil
import tempfile

import django
from django.apps import apps

if not apps.ready:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clawdbot_site.settings")
    if "CLAWDBOT_HOME" not in os.environ:
        os.environ["CLAWDBOT_HOME"] = tempfile.mkdtemp(prefix="clawdbot-models-")
        atexit.register(shutil.rmtree, os.environ["CLAWDBOT_HOME"], ignore_errors=True)
    django.setup()
