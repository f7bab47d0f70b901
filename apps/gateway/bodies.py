"""Reading request bodies: JSON, whatever the client calls it, into a described form."""

import json
from collections.abc import Mapping
from typing import IO, Any, TypeVar

from django.conf import settings
from django.utils.translation import gettext as _
from pydantic import BaseModel, ConfigDict, ValidationError
from rest_framework import parsers
from rest_framework.exceptions import ParseError

from apps.core.errors import Invalid, TooLarge


class AnyJson(parsers.JSONParser):
    """JSON under any Content-Type: `curl -d` calls it a form, and so do Ollama's own examples."""

    media_type = "*/*"

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        """The decoded body. Raises TooLarge or ParseError."""
        meta = (parser_context or {})["request"].META
        if int(meta.get("CONTENT_LENGTH") or 0) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
            raise TooLarge(
                _("The request has more than %(most)s MB.")
                % {"most": settings.DATA_UPLOAD_MAX_MEMORY_SIZE // 2**20}
            )
        try:
            return super().parse(stream, media_type, parser_context)
        except RecursionError:
            raise ParseError(_("The JSON is nested too deeply.")) from None


class Body(BaseModel):
    """What a request says. Fields that are not described are let be: clients send many."""

    model_config = ConfigDict(extra="ignore", frozen=True, protected_namespaces=())


Form = TypeVar("Form", bound=Body)


def read(form: type[Form], data: object) -> Form:
    """The body as its form. Raises Invalid, with the place of the first mistake as `param`."""
    try:
        json.dumps(data, ensure_ascii=False, allow_nan=False).encode()
    except UnicodeEncodeError:
        raise Invalid(_("A text has half a character: a surrogate without its pair.")) from None
    except RecursionError:
        raise Invalid(_("The JSON is nested too deeply.")) from None
    except ValueError:  # 1e999 is infinite, which no server can be told
        raise Invalid(_("A number is too large.")) from None
    try:
        return form.model_validate(data)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        raise Invalid(
            _("“%(place)s” is not as it should be: %(what)s.")
            % {"place": place or "body", "what": first["msg"]},
            details={"param": place},
        ) from None
