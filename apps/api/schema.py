"""What the OpenAPI schema says beyond what each view says itself: sign-in and errors."""

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema

ERROR = {
    "type": "object",
    "description": "The body of every answer that is no success.",
    "required": ["error"],
    "properties": {
        "error": {
            "type": "object",
            "required": ["code", "message", "details"],
            "properties": {
                "code": {"type": "string", "description": "Stable, for programs."},
                "message": {"type": "string", "description": "What to do about it, for people."},
                "details": {"type": "object", "additionalProperties": {}},
            },
        }
    },
}
DESCRIPTIONS = {
    400: "The request is not valid; `details` names the fields.",
    401: "No key, or one that is unknown, expired or revoked.",
    403: "You may read this but not do that to it.",
    404: "There is no such thing, or you may not read it.",
    406: "Only JSON is offered.",
    409: "It conflicts with what is there, or with an earlier use of the Idempotency-Key.",
    413: "Larger than this installation takes.",
    415: "A kind of body or file that cannot be read.",
    429: "Too much at one time; come back after `Retry-After` seconds.",
    500: "A bug; `details.trace_id` finds it in the log.",
    503: "A passing fault; come back after `Retry-After` seconds.",
}
ALWAYS = frozenset({401, 403, 406, 500, 503})
WITH_PARAMETERS = frozenset({400, 404})
WITH_BODY = frozenset({400, 404, 409, 413, 415, 429})
WRITING = frozenset({409})


class ApiKeyScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """`Authorization: Bearer <key>` in the schema."""

    target_class = "apps.api.authentication.ApiKeyAuthentication"
    name = "apiKey"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, Any]:
        """HTTP bearer authentication."""
        return {"type": "http", "scheme": "bearer", "description": "A key issued in the admin."}


class WidgetScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """`Authorization: Widget <token>` in the schema."""

    target_class = "apps.api.widget.authentication.WidgetAuthentication"
    name = "widgetToken"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, Any]:
        """A token of `widget/token/`; OpenAPI has no closer word than a key in a header."""
        return {
            "type": "apiKey",
            "in": "header",
            "name": "Authorization",
            "description": "`Widget <token>`: the token that a page with the widget was given.",
        }


def add_errors(result: dict[str, Any], **_: object) -> dict[str, Any]:
    """Give every operation the refusals it may answer with."""
    result["components"]["schemas"]["Error"] = ERROR
    for operations in result["paths"].values():
        for method, operation in operations.items():
            for status in sorted(_statuses(method, operation)):
                operation["responses"].setdefault(str(status), _error_response(status))
    return result


def _statuses(method: str, operation: dict[str, Any]) -> frozenset[int]:
    statuses = ALWAYS
    if operation.get("parameters"):
        statuses |= WITH_PARAMETERS
    if method in {"post", "patch"}:
        statuses |= WITH_BODY
    return statuses | WRITING if method != "get" else statuses


def _error_response(status: int) -> dict[str, Any]:
    response: dict[str, Any] = {
        "description": DESCRIPTIONS[status],
        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}},
    }
    if status in {429, 503}:
        response["headers"] = {"Retry-After": {"schema": {"type": "integer"}}}
    return response
