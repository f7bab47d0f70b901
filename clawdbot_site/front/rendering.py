"""Writing the folder of a front from the one configuration."""

import math
import string
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import urlsplit

from apps.core.config import REPOSITORY, Config
from apps.core.sizes import parse_size
from clawdbot_site.front import program, refusals, upstream
from clawdbot_site.front.layout import Front, make_folder, replace

TEMPLATES = REPOSITORY / "deploy" / "nginx"
# The addresses that take files; a test compares them with those of clawdbot_site.upload_limit.
UPLOADS = (
    "api/v1/collections/[^/]+/documents/",
    "collections/[^/]+/upload/",
    "documents/[^/]+/replace/",
    "admin/knowledge/collection/[^/]+/upload/",
    "admin/ops/packimport/upload/",
)
FILES_AT_ONCE = 4  # largest files in one request; each file is measured by the node
LEAST_ANSWER_S = 300
BURST_S = 4  # seconds' worth of requests that may come at once
FILES_A_PAGE = 10
_PARTS = ("nginx", "clients", "log", "servers", "site", "own", "limits", "headers", "nodes")


class _Template(string.Template):
    """`%{name}`, since `$` is nginx's."""

    delimiter = "%"


def write(front: Front, config: Config, *, at: Path | None = None) -> bool:
    """Write the folder; tells whether nginx's files differ from what was there.

    `at` is the folder's path where nginx will run, if it is another machine. What is in `run/` and
    whether the site is closed stays.
    """
    make_folder(front.folder)
    values = _values(config, (at or front.folder).resolve() if at is None else at)
    texts = {f"{name}.conf": _filled(name, values) for name in _PARTS}
    texts["refusals.conf"] = refusals.maps(language=_language(config))
    texts["failures.conf"] = refusals.locations()
    texts["nodes"] = "".join(f"{node}\n" for node in nodes_of(config))
    own = config.front
    texts["certificates"] = "".join(f"{path}\n" for path in (own.certificate, own.certificate_key))
    has_changed = [replace(front.folder / name, text) for name, text in texts.items()]
    program.prepare(front)
    if not front.upstream.exists():
        replace(front.upstream, upstream.text_of([]))
    return any(has_changed)


def nodes_of(config: Config) -> list[str]:
    """`front.nodes`, else the web server of this machine."""
    service = config.service
    host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(service.host, service.host)  # noqa: S104
    return list(config.front.nodes) or [f"{host}:{service.port}"]


def _values(config: Config, folder: Path) -> dict[str, str]:
    front, max_file = config.front, parse_size(config.ingest.max_file)
    max_file_mb = math.ceil(max_file / 2**20)
    waits_s = config.engines.timeout_s * config.engines.attempts + config.traffic.queue_wait_s
    values = {
        "folder": str(folder),
        "answer_s": str(math.ceil(max(LEAST_ANSWER_S, waits_s + 60))),
        "real_ip": _real_ip(front.trusted_proxies),
        "proxies": _geo(front.trusted_proxies),
        "monitors": _geo(front.monitors),
        "unlimited": _geo(front.unlimited),
        "requests_per_second": str(front.requests_per_second),
        "burst": str(front.requests_per_second * BURST_S),
        "files_per_second": str(front.requests_per_second * FILES_A_PAGE),
        "files_burst": str(front.requests_per_second * FILES_A_PAGE * BURST_S),
        "connections": str(front.connections),
        "hsts": f"max-age={front.hsts_days * 86400}" if front.hsts_days else "",
        "access_log": front.access_log or f"{folder}/logs/access.log",
        "uploads": "|".join(UPLOADS),
        "upload_mb": str(FILES_AT_ONCE * max_file_mb + 1),
        "certificate": front.certificate,
        "certificate_key": front.certificate_key,
        "public_host": _public_host(config),
    }
    return values | {"servers": _servers(config, values)}


def _servers(config: Config, values: dict[str, str]) -> str:
    front = config.front
    plain = _listen(front.addresses, front.http_port, "")
    if not front.certificate:
        return _filled("server-plain", values | {"listen": plain})
    tls = _listen(front.addresses, front.https_port, " ssl http2")
    servers = _filled("server-tls", values | {"listen": tls})
    if front.http_port:
        servers += _filled("server-redirect", values | {"listen": plain})
    return servers


def _filled(name: str, values: dict[str, str]) -> str:
    text = (TEMPLATES / f"{name}.conf").read_text(encoding="utf-8")
    return _Template(text).substitute(values)


def _listen(addresses: Iterable[str], port: int, how: str) -> str:
    return "\n".join(f"    listen {address}:{port}{how};" for address in addresses)


def _real_ip(networks: Iterable[str]) -> str:
    """Who may state another's address; the last one that is not itself such a proxy counts."""
    trusted = [f"set_real_ip_from {network};" for network in networks]
    header = ["real_ip_header X-Forwarded-For;", "real_ip_recursive on;"]
    return "\n".join([*trusted, *header] if trusted else [])


def _geo(networks: Iterable[str]) -> str:
    return "\n".join(f"    {network} 1;" for network in networks)


def _public_host(config: Config) -> str:
    """Where plain http is led: what people type, else the host they came to."""
    named = urlsplit(config.service.public_url)
    if named.scheme == "https" and named.netloc:
        return named.netloc
    port = config.front.https_port
    return "$host" if port == 443 else f"$host:{port}"


def _language(config: Config) -> str:
    return "en" if config.service.language == "auto" else config.service.language
