"""The look of the admin: names, colours, sidebar. Everything is served by us, nothing by a CDN."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _


def _may_view(permission: str) -> Callable[[HttpRequest], bool]:
    return lambda request: request.user.has_perm(permission)


def _is_superuser(request: HttpRequest) -> bool:
    return bool(request.user.is_superuser)


def _item(title: Any, icon: str, page: str, permission: Callable[[HttpRequest], bool]) -> Any:
    return {
        "title": title,
        "icon": icon,
        "link": reverse_lazy(f"admin:{page}_changelist"),
        "permission": permission,
    }


NAVIGATION = [
    {
        "items": [
            {"title": _("Overview"), "icon": "space_dashboard", "link": reverse_lazy("admin:index")}
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
            _item(_("Jobs"), "sync", "ingest_job", _may_view("ingest.view_job")),
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
            _item(_("Questions"), "forum", "generation_trace", _is_superuser),
            _item(_("Feedback"), "thumbs_up_down", "generation_feedback", _is_superuser),
        ],
    },
    {
        "title": _("Access"),
        "separator": True,
        "items": [
            _item(_("Users"), "person", "accounts_user", _may_view("accounts.view_user")),
            _item(_("Groups"), "group", "auth_group", _may_view("auth.view_group")),
            _item(_("API keys"), "key", "accounts_apikey", _may_view("accounts.view_apikey")),
        ],
    },
    {
        "title": _("System"),
        "separator": True,
        "items": [
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
                _may_view("retrieval.view_embeddinggeneration"),
            ),
        ],
    },
]

# Tailwind's slate and blue: calm, and at least 4.5:1 on both themes.
COLORS = {
    "base": {
        "50": "oklch(98.4% .003 247.858)",
        "100": "oklch(96.8% .007 247.896)",
        "200": "oklch(92.9% .013 255.508)",
        "300": "oklch(86.9% .022 252.894)",
        "400": "oklch(70.4% .04 256.788)",
        "500": "oklch(55.4% .046 257.417)",
        "600": "oklch(44.6% .043 257.281)",
        "700": "oklch(37.2% .044 257.287)",
        "800": "oklch(27.9% .041 260.031)",
        "900": "oklch(20.8% .042 265.755)",
        "950": "oklch(12.9% .042 264.695)",
    },
    "primary": {
        "50": "oklch(97% .014 254.604)",
        "100": "oklch(93.2% .032 255.585)",
        "200": "oklch(88.2% .059 254.128)",
        "300": "oklch(80.9% .105 251.813)",
        "400": "oklch(70.7% .165 254.624)",
        "500": "oklch(62.3% .214 259.815)",
        "600": "oklch(54.6% .245 262.881)",
        "700": "oklch(48.8% .243 264.376)",
        "800": "oklch(42.4% .199 265.638)",
        "900": "oklch(37.9% .146 265.522)",
        "950": "oklch(28.2% .091 267.935)",
    },
}

UNFOLD: dict[str, Any] = {
    "SITE_TITLE": "Clawdbot",
    "SITE_HEADER": "Clawdbot",
    "SITE_SUBHEADER": _("Knowledge base"),
    "SITE_URL": "/",
    "SITE_SYMBOL": "auto_stories",
    "SITE_FAVICONS": [
        {
            "rel": "icon",
            "type": "image/svg+xml",
            "href": lambda request: static("clawdbot/favicon.svg"),
        }
    ],
    "SHOW_HISTORY": True,
    "SHOW_VIEW_ON_SITE": False,
    "SHOW_LANGUAGES": True,
    "SHOW_BACK_BUTTON": True,
    "BORDER_RADIUS": "8px",
    "COLORS": COLORS,
    "STYLES": [lambda request: static("clawdbot/admin.css")],
    "SCRIPTS": [],
    "SIDEBAR": {"show_search": False, "show_all_applications": False, "navigation": NAVIGATION},
    "COMMAND": {"search_models": False},
    "DASHBOARD_CALLBACK": "apps.ops.home.dashboard",
}
