"""nginx before the nodes."""

import subprocess
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from tests.cluster.network import ENDS_WITH_US
from tests.cluster.servers import wait_for_port
from tests.services import free_port, program

CONFIGURATION = """
daemon off;
worker_processes 1;
pid {folder}/nginx.pid;
error_log {folder}/error.log warn;
events {{ worker_connections 512; }}
http {{
  log_format served '$upstream_addr|$status|$request_method $uri';
  access_log {folder}/access.log served;
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
  client_max_body_size 300m;
  upstream nodes {{
    zone nodes 128k;
    least_conn;
    include {folder}/upstream.conf;
  }}
  server {{
    listen 127.0.0.1:{port};
    location / {{
      proxy_pass http://nodes;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_set_header Host $host;
      proxy_set_header X-Forwarded-For $remote_addr;
      proxy_buffering off;
      proxy_connect_timeout 1s;
      proxy_read_timeout 60s;
      proxy_next_upstream error timeout http_503;
    }}
  }}
}}
"""


class Front:
    """nginx and its balancer."""

    def __init__(self, folder: Path, nodes: Sequence[str]) -> None:
        self.port, self._folder = free_port(), folder
        folder.mkdir()
        servers = "".join(f"server {node} max_fails=1 fail_timeout=2s;\n" for node in nodes)
        (folder / "upstream.conf").write_text(servers)
        (folder / "nginx.conf").write_text(CONFIGURATION.format(folder=folder, port=self.port))
        self._process = subprocess.Popen(
            [*ENDS_WITH_US, program("nginx", package="nginx"), "-p", str(folder),
             "-c", str(folder / "nginx.conf")]
        )
        wait_for_port("127.0.0.1", self.port)

    @property
    def address(self) -> str:
        """Under which people reach all nodes."""
        return f"http://127.0.0.1:{self.port}"

    def served(self) -> Counter[str]:
        """Requests that each node has answered so far."""
        lines = (self._folder / "access.log").read_text().splitlines()
        return Counter(line.split("|")[0].split(",")[-1].strip() for line in lines)

    def close(self) -> None:
        self._process.terminate()
        self._process.wait()
