"""The look of the admin: names, colours, sidebar. Everything is served by us, nothing by a CDN."""

from collections.abc import Callable, Sequence
from typing import Any

from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _


def _may_view(permission: str) -> Callable[[HttpRequest], bool]:
    return lambda request: request.user.has_perm(permission)


def _is_superuser(request: HttpRequest) -> bool:
    return bool(request.user.is_superuser)


def _item(
    title: Any,
    icon: str,
    page: str,
    permission: str | Callable[[HttpRequest], bool],
    holds: Sequence[str] = (),
) -> Any:
    """An entry for the list of a model; pages of those that it `holds` stand under it, too."""
    links = [reverse_lazy(f"admin:{one}_changelist") for one in (page, *holds)]
    item = {"title": title, "icon": icon, "link": links[0], "permission": permission}
    if holds:
        item |= {"holds": links[1:], "active": _is_at(links)}
    return item


def _is_at(links: Sequence[Any]) -> Callable[[HttpRequest], bool]:
    return lambda request: request.path.startswith(tuple(map(str, links)))


NAVIGATION = [
    {
        "items": [
            {
                "title": _("Overview"),
                "icon": "space_dashboard",
                "link": reverse_lazy("admin:index"),
            },
            {
                "title": _("Dashboard"),
                "icon": "monitoring",
                "link": reverse_lazy("admin_dashboard"),
                "permission": "apps.ops.dashboard.pages.is_offered",
            },
        ]
    },
    {
        "title": _("Knowledge"),
        "separator": True,
        "items": [
            _item(
                _("Collections"),
                "folder_open",
                "knowledge_collection",
                _may_view("knowledge.view_collection"),
            ),
            _item(
                _("Documents"),
                "description",
                "knowledge_document",
                _may_view("knowledge.view_document"),
            ),
            {
                "title": _("Sources"),
                "icon": "input",
                "link": reverse_lazy("admin_sources"),
                "permission": _may_view("knowledge.view_collection"),
            },
            _item(_("Jobs"), "sync", "ingest_job", _may_view("ingest.view_job")),
            _item(_("Knowledge packs"), "deployed_code", "ops_packimport", _is_superuser),
            _item(
                _("Erasures"),
                "delete_sweep",
                "knowledge_erasure",
                _may_view("knowledge.view_erasure"),
            ),
        ],
    },
    {
        "title": _("Answers"),
        "separator": True,
        "items": [
            {
                "title": _("Try retrieval"),
                "icon": "search_check",
                "link": reverse_lazy("admin_try_retrieval"),
                "permission": "apps.ops.admin.retrieval.is_offered",
            },
            {
                "title": _("Why not this document?"),
                "icon": "troubleshoot",
                "link": reverse_lazy("admin_why_not"),
                "permission": "apps.evaluation.golden_admin.rights.is_offered",
            },
            _item(
                _("Golden sets"),
                "rule",
                "evaluation_goldenset",
                "apps.evaluation.golden_admin.rights.is_offered",
                ("evaluation_goldenquestion", "evaluation_evaluationrun"),
            ),
            _item(_("Questions"), "forum", "generation_trace", _is_superuser),
            _item(_("Feedback"), "thumbs_up_down", "generation_feedback", _is_superuser),
        ],
    },
    {
        "title": _("Models"),
        "separator": True,
        "items": [
            _item(_("Language models"), "smart_toy", "modelhub_model", _is_superuser),
            _item(_("Profiles"), "tune", "modelhub_profile", _is_superuser),
            _item(_("Terms"), "dictionary", "modelhub_term", _is_superuser),
        ],
    },
    {
        "title": _("Access"),
        "separator": True,
        "items": [
            _item(_("Users"), "person", "accounts_user", _may_view("accounts.view_user")),
            _item(_("Groups"), "group", "auth_group", _may_view("auth.view_group")),
            _item(_("API keys"), "key", "accounts_apikey", _may_view("accounts.view_apikey")),
            _item(_("Traffic limits"), "speed", "accounts_trafficlimit", _is_superuser),
            _item(_("Widgets"), "chat", "knowledge_widget", _may_view("knowledge.view_widget")),
        ],
    },
    {
        "title": _("System"),
        "separator": True,
        "items": [
            {
                "title": _("Set up"),
                "icon": "checklist",
                "link": reverse_lazy("welcome"),
                "permission": _is_superuser,
            },
            {
                "title": _("Nodes"),
                "icon": "dns",
                "link": reverse_lazy("admin_nodes"),
                "permission": "apps.ops.admin.nodes.is_offered",
            },
            _item(_("Anomalies"), "crisis_alert", "ops_anomaly", _is_superuser),
            _item(_("Anomaly rules"), "rule", "ops_anomalypolicy", _is_superuser),
            _item(_("Backups"), "backup", "ops_backup", _is_superuser),
            _item(
                _("Monthly reports"),
                "summarize",
                "ops_monthlyreport",
                _is_superuser,
                ("ops_owncost", "ops_pricerow"),
            ),
            _item(
                _("Index"),
                "database",
                "retrieval_nodeindex",
                _may_view("retrieval.view_nodeindex"),
            ),
            _item(
                _("Embedding models"),
                "neurology",
                "retrieval_embeddinggeneration",
                _is_superuser,
            ),
        ],
    },
]

ICON = "portal/icon.svg"
# The portal's green and neutral greys; primary-600 carries white text at 5.5:1.
COLORS = {
    "base": {
        "50": "#f6f6f4",
        "100": "#edefed",
        "200": "#dcdfdd",
        "300": "#c3c8c5",
        "400": "#98a19d",
        "500": "#66706c",
        "600": "#4d5653",
        "700": "#394140",
        "800": "#262c2b",
        "900": "#171b1a",
        "950": "#0f1211",
    },
    "primary": {
        "50": "#f0faf8",
        "100": "#e0f1ee",
        "200": "#b9e2dc",
        "300": "#84ccc3",
        "400": "#43b3a6",
        "500": "#2aa79a",
        "600": "#0f766e",
        "700": "#115e59",
        "800": "#134e4a",
        "900": "#123f3c",
        "950": "#082a28",
    },
}

UNFOLD: dict[str, Any] = {
    "SITE_TITLE": "Clawdbot",
    "SITE_HEADER": "Clawdbot",
    "SITE_SUBHEADER": _("Knowledge base"),
    "SITE_URL": "/",
    "SITE_ICON": lambda request: static(ICON),
    "SITE_FAVICONS": [
        {
            "rel": "icon",
            "type": "image/svg+xml",
            "href": lambda request: static(ICON),
        }
    ],
    "SHOW_HISTORY": True,
    "SHOW_VIEW_ON_SITE": False,
    "SHOW_LANGUAGES": True,
    "SHOW_BACK_BUTTON": True,
    "LOGIN": {"form": "apps.accounts.sign_in.AdminSignInForm"},
    "BORDER_RADIUS": "8px",
    "COLORS": COLORS,
    "STYLES": [lambda request: static("clawdbot/admin.css")],
    "SCRIPTS": [],
    "SIDEBAR": {"show_search": False, "show_all_applications": False, "navigation": NAVIGATION},
    "COMMAND": {"search_models": False},
    "DASHBOARD_CALLBACK": "apps.ops.home.dashboard",
}
