"""Gives the admin its first page."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

admin.site.index_title = _("Overview")
admin.site.index_template = "ops/admin/home.html"
