"""Who visits the installation on trial: signs in like a person, asks with a key like a program."""

import json
import re
import uuid
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from typing import Any
from urllib.parse import quote, urlencode

TIMEOUT_S = 60
_TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
_SAFE = "%/:=&?~+!$,;@()*[]'"
_FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer of the server; 0: it gave none."""

    status: int
    kind: str = ""
    text: str = ""
    policy: str = ""  # Content-Security-Policy

    @property
    def is_broken(self) -> bool:
        """Neither a page nor the way to one."""
        return not 200 <= self.status < 400

    @property
    def is_guarded(self) -> bool:
        """A browser keeps scripts of the page from other hosts."""
        return "connect-src" in self.policy or "default-src" in self.policy


class Visitor:
    """Keeps its cookies. No proxy, no cache, no other host."""

    def __init__(self, host: str, port: int, key: str) -> None:
        self._host, self._port, self._key = host, port, key
        self._cookies: dict[str, str] = {}

    def get(self, path: str) -> Answer:
        """Open a page or a file."""
        return self._send("GET", path, b"", {})

    def sign_in(self, name: str, password: str) -> bool:
        """Through the form, as people do; whether it worked."""
        found = _TOKEN.search(self.get("/login/").text)
        values = {
            "csrfmiddlewaretoken": found[1] if found else "",
            "username": name, "login": name, "password": password,
        }  # fmt: skip
        headers = {"Content-Type": _FORM, "Referer": f"http://{self._host}:{self._port}/login/"}
        return self._send("POST", "/login/", urlencode(values).encode(), headers).status == 302

    def call(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        """What the API answers, from JSON; None for what is no 2xx."""
        headers = {"Authorization": f"Bearer {self._key}", "Content-Type": "application/json"}
        content = json.dumps(body).encode() if body is not None else b""
        answer = self._send(method, f"/api/v1/{path}", content, headers)
        return json.loads(answer.text) if 200 <= answer.status < 300 and answer.text else None

    def upload(self, collection: str, name: str, content: bytes) -> Any:
        """Send a file to a collection, as `call`."""
        edge = uuid.uuid4().hex
        head = (
            f'--{edge}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'
            "Content-Type: application/octet-stream\r\n\r\n"
        )
        headers = {
            "Authorization": f"Bearer {self._key}",
            "Content-Type": f"multipart/form-data; boundary={edge}",
        }
        body = head.encode() + content + f"\r\n--{edge}--\r\n".encode()
        answer = self._send("POST", f"/api/v1/collections/{collection}/documents/", body, headers)
        return json.loads(answer.text) if 200 <= answer.status < 300 else None

    def _send(self, method: str, path: str, body: bytes, headers: dict[str, str]) -> Answer:
        connection = HTTPConnection(self._host, self._port, timeout=TIMEOUT_S)
        if self._cookies and "Authorization" not in headers:
            cookies = "; ".join(f"{name}={value}" for name, value in self._cookies.items())
            headers = headers | {"Cookie": cookies}
        try:
            connection.request(method, quote(path, safe=_SAFE), body or None, headers)
            response = connection.getresponse()
            for cookie in response.headers.get_all("Set-Cookie") or ():
                name, _, value = cookie.partition(";")[0].partition("=")
                self._cookies[name] = value
            kind = response.headers.get("Content-Type", "")
            policy = response.headers.get("Content-Security-Policy", "")
            content = response.read()
        except (OSError, HTTPException):
            return Answer(0)
        finally:
            connection.close()
        is_text = kind.startswith("text/") or "json" in kind
        text = content.decode("utf-8", "replace") if is_text else ""
        return Answer(response.status, kind, text, policy)
