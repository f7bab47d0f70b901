"""Where a model comes from: a file of this machine, an address, the hub."""

import re
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from urllib.parse import quote, unquote, urlsplit, urlunsplit

from django.utils.text import slugify
from django.utils.translation import gettext as _

from apps.core import config
from apps.core.errors import Invalid, NotFound

HUB = "hf:"
MAX_LENGTH = 1000
_NAME = r"[A-Za-z0-9][A-Za-z0-9._-]*"
_HUB_FILE = re.compile(
    rf"hf:(?P<repo>{_NAME}/{_NAME})/(?P<file>(?:{_NAME}/)*{_NAME}\.gguf)(?:@(?P<revision>[\w./-]+))?"
)
_PART = re.compile(r"-\d{5}-of-\d{5}\.gguf$")


@dataclass(frozen=True, slots=True)
class Source:
    """`text`: as people wrote it, fit to be stored. Either `path` or `url` says where it is."""

    text: str
    url: str = ""
    path: Path | None = None

    @property
    def shown(self) -> str:
        """Without what follows the question mark: a signed address is a password."""
        return self.text.split("?", 1)[0] if self.path is None else self.text

    @property
    def suggested_name(self) -> str:
        """A model's name, out of the file's."""
        file_name = str(self.path) if self.path else unquote(urlsplit(self.url).path)
        stem = PurePosixPath(file_name).name.removesuffix(".gguf")
        return slugify(stem.replace(".", "-"))[:100].strip("-_") or "model"


def source_of(text: str) -> Source:
    """What `PATH`, `http(s)://…` or `hf:owner/repo/file.gguf[@revision]` means.

    Raises Invalid: none of them; NotFound: no such file on this machine.
    """
    text = text.strip()
    if not text or len(text) > MAX_LENGTH or not text.isprintable():
        raise Invalid(_("Say which file: a path, an address, or hf:owner/repo/file.gguf."))
    if text.startswith(HUB):
        return _whole(_of_hub(text))
    if "://" in text:
        return _whole(Source(text=text, url=_web_address(text)))
    path = Path(text).expanduser()
    if not path.is_file():
        raise NotFound(_("There is no file %(path)s on this machine.") % {"path": path})
    path = path.resolve()
    return _whole(Source(text=str(path), path=path))


def _of_hub(text: str) -> Source:
    match = _HUB_FILE.fullmatch(text)
    revision = match["revision"] or "main" if match else ""
    if match is None or ".." in revision.split("/"):
        raise Invalid(_("Write it like hf:owner/repo/file.gguf, or hf:owner/repo/file.gguf@v1."))
    place = f"{match['repo']}/resolve/{quote(revision, safe='')}/{match['file']}"
    return Source(text=text, url=f"{hub_url()}/{place}")


def _web_address(text: str) -> str:
    try:
        parts = urlsplit(text)
        is_usable = parts.scheme in {"http", "https"} and bool(parts.hostname)
        _port = parts.port
    except ValueError:
        is_usable = False
    if not is_usable or " " in text:
        raise Invalid(_("Models are fetched from http and https addresses only."))
    if parts.username or parts.password:
        raise Invalid(_("Leave the password out of the address: it would be stored."))
    path = parts.path
    if text.startswith(f"{hub_url()}/"):  # the page about the file, as copied out of a browser
        path = path.replace("/blob/", "/resolve/", 1)
    return urlunsplit((parts.scheme, parts.netloc, path, parts.query, ""))


def _whole(source: Source) -> Source:
    if _PART.search(str(source.path or urlsplit(source.url).path)):
        raise Invalid(
            _(
                "That is one part of a model. Merge the parts first, with “llama-gguf-split "
                "--merge FIRST-PART WHOLE.gguf”, and add the whole."
            )
        )
    return source


def hub_url() -> str:
    """The hub's address, without a slash at its end."""
    return config.load().serving.hub_url.rstrip("/")
