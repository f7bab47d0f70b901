"""Gives the admin its first page, and what its pages need from every part of the program."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from apps.ops.admin.anomalies import AnomalyAdmin
from apps.ops.admin.anomaly_policies import AnomalyPolicyAdmin
from apps.ops.admin.backups import BackupAdmin
from apps.ops.admin.collections import CollectionPage
from apps.ops.admin.erasures import ErasureAdmin
from apps.ops.admin.packs import PackImportAdmin
from apps.ops.admin.people import PersonPage
from apps.ops.admin.prices import OwnCostAdmin, PriceRowAdmin
from apps.ops.admin.reports import MonthlyReportAdmin
from apps.ops.admin.traffic import TrafficLimitAdmin

admin.site.index_title = _("Overview")
admin.site.index_template = "ops/admin/home.html"

__all__ = [
    "AnomalyAdmin",
    "AnomalyPolicyAdmin",
    "BackupAdmin",
    "CollectionPage",
    "ErasureAdmin",
    "MonthlyReportAdmin",
    "OwnCostAdmin",
    "PackImportAdmin",
    "PersonPage",
    "PriceRowAdmin",
    "TrafficLimitAdmin",
]
