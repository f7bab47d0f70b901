"""Where each part of the site is mounted."""

from django.contrib import admin
from django.urls import include, path

from apps.api.views.health import healthz, readyz
from apps.api.views.metrics import metrics

admin.autodiscover()  # before the addresses of its pages are asked for
urlpatterns = [
    path("healthz", healthz),
    path("readyz", readyz),
    path("metrics", metrics),
    path("admin/", include("apps.ops.urls")),
    path("admin/", include("apps.evaluation.golden_admin.probe")),
    path("admin/", admin.site.urls),
    path("", include("apps.gateway.urls")),  # before api/, which takes all that is left of it
    path("api/", include("apps.api.urls")),
    path("i18n/", include("django.conf.urls.i18n")),
    path("", include("apps.portal.urls")),
]

handler400 = "apps.portal.refusal.unreadable"
handler500 = "apps.portal.refusal.failed"
