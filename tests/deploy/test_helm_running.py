"""The chart's commands, environment and probes, run natively on a real PostgreSQL and Redis."""

import base64
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest
import yaml

from tests import services
from tests.deploy.charts import ROOT, Manifest, containers, one, pods

BIN = Path(sys.executable).parent
OTHERS = {"requests.cpu": "1", "limits.memory": "4294967296", "metadata.name": "kb-clawdbot-node-0"}


class Cluster:
    """Folders of this machine in place of what pods mount."""

    def __init__(self, root: Path, port: int, values: tuple[str, ...]) -> None:
        self.root, self.port, self.values = root, port, values
        self.processes: list[subprocess.Popen[bytes]] = []
        config = one("ConfigMap", "kb-clawdbot-config", values)["data"]["clawdbot.yaml"]
        self._place("/etc/clawdbot/clawdbot.yaml", config.replace("port: 8000", f"port: {port}"))
        for name, value in one("Secret", "kb-clawdbot-secrets", values)["data"].items():
            self._place(f"/run/secrets/clawdbot/{name}", base64.b64decode(value).decode())

    def container(self, component: str, name: str) -> Manifest:
        found = containers(pods(self.values)[component])
        return next(one for one in found if one["name"] == name)

    def command(self, component: str, name: str) -> "subprocess.Popen[bytes]":
        """The container's process, with nothing but its own environment."""
        container = self.container(component, name)
        given = {entry["name"]: self._value(entry) for entry in container["env"]}
        environment = {"PATH": f"{BIN}:/usr/bin:/bin", **given}
        self.processes.append(subprocess.Popen(container["args"], cwd=ROOT, env=environment))
        return self.processes[-1]

    def close(self) -> None:
        """Nothing is left running."""
        for process in self.processes:
            process.terminate()
        for process in self.processes:
            process.wait()

    def probe(self, kind: str) -> int:
        """The status that a probe of the web container gets; 0: no answer."""
        asked = self.container("node", "web")[kind]["httpGet"]
        headers = {header["name"]: header["value"] for header in asked.get("httpHeaders", [])}
        try:
            return httpx.get(
                f"http://127.0.0.1:{self.port}{asked['path']}", headers=headers, timeout=10
            ).status_code
        except httpx.TransportError:
            return 0

    def _value(self, entry: Manifest) -> str:
        source = entry.get("valueFrom", {})
        known = source.get("fieldRef", {}).get("fieldPath") or source.get(
            "resourceFieldRef", {}
        ).get("resource")
        return self._here(OTHERS[known] if known else entry["value"])

    def _place(self, path: str, text: str) -> None:
        target = self.root / path.lstrip("/")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(self._here(text))

    def _here(self, text: str) -> str:
        for path in ("/etc/clawdbot", "/run/secrets/clawdbot", "/var/lib/clawdbot"):
            text = text.replace(path, f"{self.root}{path}")
        return text


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    with services.postgresql() as database, services.redis(tmp_path_factory.mktemp("r")) as broker:
        values = (
            f"secrets.databaseUrl={database}",
            f"secrets.brokerUrl={broker}",
            "secrets.adminPassword=first-password-1",
            "config.service.web_workers=1",
            "config.node.drain_s=0",
        )
        made = Cluster(tmp_path_factory.mktemp("cluster"), services.free_port(), values)
        yield made
        made.close()


@pytest.fixture(scope="module")
def prepared(cluster):
    """After the Job, and after what a node's pod does before its containers."""
    waiting = cluster.command("node", "await-init")
    job = cluster.command("init", "init")
    assert (job.wait(timeout=300), waiting.wait(timeout=300)) == (0, 0)
    return cluster


@pytest.fixture(scope="module")
def web(prepared):
    process = prepared.command("node", "web")
    for _ in range(600):
        if process.poll() is not None or prepared.probe("readinessProbe") == 200:
            break
        time.sleep(0.2)
    return process


def test_what_comes_before_the_containers_leaves_the_nodes_assets(prepared):
    assert list((prepared.root / "var/lib/clawdbot/static").glob("**/*.css"))


def test_the_configuration_of_the_chart_is_one_that_the_program_reads(prepared):
    written = yaml.safe_load((prepared.root / "etc/clawdbot/clawdbot.yaml").read_text())

    assert written["storage"]["originals"] == "database"
    assert written["node"]["platform"] == "kubernetes"


@pytest.mark.parametrize("kind", ["startupProbe", "livenessProbe", "readinessProbe"])
def test_the_web_container_answers_its_probes(prepared, web, kind):
    assert web.poll() is None
    assert prepared.probe(kind) == 200


def test_the_first_password_is_the_one_of_the_secret(prepared, web):
    address = f"http://localhost:{prepared.port}"
    with httpx.Client(base_url=address, follow_redirects=True, timeout=30) as client:
        page = client.get("/admin/login/")
        token = client.cookies["csrftoken"]
        form = {"username": "admin", "password": "first-password-1", "csrfmiddlewaretoken": token}
        signed_in = client.post(page.url, data=form, headers={"referer": str(page.url)})

    assert signed_in.status_code == 200
    assert "sessionid" in client.cookies


def test_prometheus_gets_the_figures_with_the_token_of_the_secret(prepared, web):
    secret = one("Secret", "kb-clawdbot-secrets", prepared.values)["data"]["metrics-token"]
    shown = {"authorization": f"Bearer {base64.b64decode(secret).decode()}"}

    answer = httpx.get(f"http://127.0.0.1:{prepared.port}/metrics", headers=shown)

    assert "clawdbot_jobs_waiting" in answer.text
