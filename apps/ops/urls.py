"""Admin pages that are about no single model."""

from django.contrib.admin import site
from django.urls import path

from apps.ops.admin.nodes import forget_page, nodes_page
from apps.ops.admin.retrieval import retrieval_page
from apps.ops.dashboard import pages, requests_page
from ingest.admin.sources import sources_page

urlpatterns = [
    path("dashboard/", site.admin_view(pages.dashboard_page), name="admin_dashboard"),
    path(
        "dashboard/figures/",
        site.admin_view(pages.dashboard_figures),
        name="admin_dashboard_figures",
    ),
    path(
        "dashboard/figures.csv",
        site.admin_view(pages.dashboard_sheet),
        name="admin_dashboard_sheet",
    ),
    path(
        "dashboard/machines.csv",
        site.admin_view(pages.machines_sheet),
        name="admin_machines_sheet",
    ),
    path(
        "dashboard/requests/", site.admin_view(requests_page.requests_page), name="admin_requests"
    ),
    path(
        "dashboard/requests.csv",
        site.admin_view(requests_page.requests_sheet),
        name="admin_requests_sheet",
    ),
    path("nodes/", site.admin_view(nodes_page), name="admin_nodes"),
    path("nodes/<str:name>/forget/", site.admin_view(forget_page), name="admin_node_forget"),
    path("sources/", site.admin_view(sources_page), name="admin_sources"),
    path("try-retrieval/", site.admin_view(retrieval_page), name="admin_try_retrieval"),
]
