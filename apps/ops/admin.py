"""Gives the admin its first page."""

from django.contrib import admin

admin.site.index_template = "ops/admin/home.html"
