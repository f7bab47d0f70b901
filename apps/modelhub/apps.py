"""Django's registration of the model hub."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ModelhubConfig(AppConfig):
    """Models, the servers that hold them, profiles and glossaries."""

    name = "apps.modelhub"
    verbose_name = _("Models")
