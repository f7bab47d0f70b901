"""nginx's own refusals as configuration: pages for browsers, each API's kind of JSON for programs.

They are bodies of `return`, not files: nginx gives a file to GET only, and a form that is posted
while no node answers would get a 405.
"""

from clawdbot_site.front.messages import FAILURES, LANGUAGES, LOOKS_AGAIN, Failure

_PAGE = (
    '<!doctype html><html lang="$language"><meta charset="utf-8">'
    '<meta name="viewport" content="width=device-width">$failure_refresh'
    "<title>$failure_title</title><style>"
    ":root{color-scheme:light dark;font:1rem/1.6 system-ui,sans-serif}"
    "body{display:grid;min-height:90vh;place-content:center;padding:1rem}"
    "main{max-width:34rem}h1{font-size:1.5rem}small{opacity:.65;overflow-wrap:anywhere}"
    "</style><main><h1>$failure_title</h1><p>$failure_message $looks_again</p>"
    "<p><small>$trace_id</small></p></main></html>"
)
_BODIES = {
    "ours": '{"error":{"code":"$failure","message":"$failure_message",'
    '"details":{"trace_id":"$trace_id"}}}',
    "openai": '{"error":{"message":"$failure_message","type":"$failure_openai","param":null,'
    '"code":"$failure","trace_id":"$trace_id"}}',
    "anthropic": '{"type":"error","error":{"type":"$failure_anthropic",'
    '"message":"$failure_message","code":"$failure","trace_id":"$trace_id"}}',
    "ollama": '{"error":"$failure_message","code":"$failure"}',
}
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'; base-uri 'none'"
_REFRESHED = ("maintenance", "not_ready")
_SHAPES = {
    "~^/v1/messages": "anthropic",
    "~^/v1(/|$)": "openai",
    "~^/api/(chat|generate|tags|ps|show|version|embed|embeddings|pull|push|create|copy|delete)$": (
        "ollama"
    ),
    "~^/api/": "ours",
}


def maps(*, language: str) -> str:
    """What is known of a request (language, kind of API) and of a failure, for `http`."""
    words = {
        f"{failure.code}:{name}": pair
        for failure in FAILURES
        for name, pair in zip(LANGUAGES, failure.words, strict=True)
    }
    return "\n".join(
        (
            _map("$cookie_django_language,$http_accept_language", "language", _languages(language)),
            _map("$uri", "api", {"default": "page"} | _SHAPES),
            _map("$api:$http_accept", "failure_shape", _shapes()),
            _map("$failure_shape", "failure_form", {"default": "json", "html": "html"}),
            _map("$failure:$language", "failure_title", {key: w[0] for key, w in words.items()}),
            _map("$failure:$language", "failure_message", {key: w[1] for key, w in words.items()}),
            _map("$failure", "failure_openai", {one.code: one.openai for one in FAILURES}),
            _map("$failure", "failure_anthropic", {one.code: one.anthropic for one in FAILURES}),
            _map("$failure", "failure_refresh", dict.fromkeys(_REFRESHED, _refresh())),
            _map("$failure:$language", "looks_again", _looks_again()),
            _map("$failure_shape", "failure_body", {"html": _PAGE} | _BODIES),
        )
    )


def locations() -> str:
    """Where nginx goes when it refuses, for `server`."""
    statuses = sorted({failure.status for failure in FAILURES})
    pages = "".join(f"error_page {status} @{status}_$failure_form;\n" for status in statuses)
    forms = (("html", "text/html"), ("json", "application/json"))
    return pages + "".join(
        _location(status, form, media_type) for status in statuses for form, media_type in forms
    )


def _location(status: int, form: str, media_type: str) -> str:
    here = [failure for failure in FAILURES if failure.status == status]
    lines = [f"default_type {media_type};", "charset utf-8;"]
    lines += ["charset_types application/json;"] if form == "json" else []
    lines += [f'set $own_policy "{_POLICY}";'] if form == "html" else []
    lines += [f'if ($failure = "") {{ set $failure {here[0].code}; }}']
    lines += [_retry(failure) for failure in here if failure.retry_after_s is not None]
    lines += [f"return {status} $failure_body;"]
    body = "".join(f"    {line}\n" for line in lines)
    return f"location @{status}_{form} {{\n{body}}}\n"


def _retry(failure: Failure) -> str:
    return f"if ($failure = {failure.code}) {{ set $own_retry {failure.retry_after_s}; }}"


def _refresh() -> str:
    return '<meta http-equiv="refresh" content="10">'


def _looks_again() -> dict[str, str]:
    pairs = zip(LANGUAGES, LOOKS_AGAIN, strict=True)
    return {f"{code}:{name}": text for name, text in pairs for code in _REFRESHED}


def _languages(otherwise: str) -> dict[str, str]:
    """The portal's cookie first, else the first language that the browser names."""
    return {
        "default": otherwise,
        "~*^(en|,en)": "en",
        "~*^(zh-hant|,zh-(hant|tw|hk|mo))": "zh-hant",
        "~*^,?zh": "zh-hans",
    }


def _shapes() -> dict[str, str]:
    """A page for whoever takes HTML, or says nothing; as the nodes do it themselves."""
    pages = {"~^page:$": "html", "~^page:.*(text/html|[*]/[*])": "html", "~^page:": "ours"}
    return {"default": "ours"} | pages | {f"~^{one}:": one for one in _BODIES}


def _map(source: str, name: str, values: dict[str, str]) -> str:
    lines = "".join(f"    '{key}' '{value}';\n" for key, value in values.items())
    return f'map "{source}" ${name} {{\n{lines}}}\n'
