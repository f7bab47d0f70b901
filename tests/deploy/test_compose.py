"""docker-compose.yml: what it promises of every service, with each of its overrides."""

import json
import os
import re
import shutil
import stat
import subprocess
import sys
from importlib.resources import files

import jsonschema
import pytest
import yaml

from apps.core import config
from apps.core.errors import Invalid
from clawdbot_site.certificates import authority, issuing
from clawdbot_site.supervision.conf import STOP_WAIT_S
from clawdbot_site.supervision.health import BUSY_S
from clawdbot_site.supervision.processes import PROCESSES
from tests.deploy.compose_files import (
    FOLDER,
    OVERRIDES,
    ROOT,
    merged,
    networks,
    running,
    seconds,
    variables_named,
)

FILES = [ROOT / "docker-compose.yml", *(FOLDER / f"{name}.yml" for name in OVERRIDES)]
SETS = [(), *((name,) for name in OVERRIDES), ("airgap", "scale-out"), ("airgap", "gpu")]
SERVICES = [
    pytest.param(service, name, id=f"{'+'.join(chosen) or 'base'}-{name}")
    for chosen in SETS
    for name, service in merged(*chosen)["services"].items()
]
SPECIFICATION = jsonschema.Draft202012Validator(
    json.loads((files("check_jsonschema") / "builtin_schemas/vendor/compose-spec.json").read_text())
)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_each_file_is_one_of_the_compose_specification(path):
    SPECIFICATION.validate(yaml.safe_load(path.read_text()))


@pytest.mark.parametrize("chosen", SETS, ids="+".join)
def test_merged_they_are_still_of_the_compose_specification(chosen):
    SPECIFICATION.validate(merged(*chosen))


def test_the_check_of_the_specification_refuses_a_wrong_field():
    broken = merged() | {"services": {"web": {"image": "x", "mem_limits": "1g"}}}

    with pytest.raises(jsonschema.ValidationError, match="mem_limits"):
        SPECIFICATION.validate(broken)


def test_every_part_of_an_installation_has_a_service():
    wanted = {"nginx", "init", "model", "postgres", "redis", *PROCESSES} - {"models"}

    assert set(merged()["services"]) == wanted


@pytest.mark.parametrize(("service", "name"), SERVICES)
def test_a_container_can_do_nothing_that_it_need_not(service, name):
    assert service["read_only"] is True
    assert int(service["user"].split(":")[0]) >= 999
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert {"cpus", "mem_limit", "pids_limit"} <= set(service)
    assert service["restart"] in {"unless-stopped", "on-failure:5"}


@pytest.mark.parametrize(("service", "name"), SERVICES)
def test_a_container_says_whether_it_is_well_or_ends(service, name):
    ends = name.startswith("init")

    assert service["healthcheck"].get("disable", False) is ends
    assert ends or service["healthcheck"]["test"][0] in {"CMD", "CMD-SHELL"}
    assert ends or "stop_grace_period" in service


@pytest.mark.parametrize("chosen", [(), ("airgap",), ("gpu",), ("scale-out",)], ids="+".join)
def test_only_nginx_is_published_and_has_a_way_out(chosen):
    found = merged(*chosen)
    closed = {name for name, network in found["networks"].items() if network.get("internal")}

    outside = {name for name, one in found["services"].items() if networks(one) - closed}
    published = {name for name, one in found["services"].items() if one.get("ports")}

    assert outside == published == {"nginx"}


@pytest.mark.parametrize("chosen", [(), ("scale-out",)], ids="+".join)
def test_a_service_is_on_no_network_that_it_need_not_be_on(chosen):
    services = merged(*chosen)["services"]

    found = {name.split("-")[0]: networks(service) for name, service in services.items()}

    assert found.pop("nginx") == {"edge", "front"}
    assert found.pop("web") == {"front", "data", "models"}
    assert found.pop("model") == {"models"}
    assert set(map(frozenset, found.values())) == {frozenset({"data"})}


def test_without_internet_nothing_is_looked_for_elsewhere():
    found = merged("airgap", "scale-out")
    bridge = found["networks"]["edge"]["driver_opts"]

    pulled = {name for name, one in found["services"].items() if one.get("pull_policy") != "never"}

    assert pulled == {name for name in found["services"] if name.endswith(("-2", "-3"))}
    assert {found["services"][name]["image"] for name in pulled} == {"clawdbot:0.2.0"}
    assert bridge == {"com.docker.network.bridge.enable_ip_masquerade": "false"}


def test_three_nodes_have_a_name_a_folder_and_a_web_server_each():
    services = running("scale-out")
    webs = {name: one for name, one in services.items() if name.startswith("web")}

    named = {one["environment"]["CLAWDBOT_NODE__NAME"]: one["volumes"][0] for one in webs.values()}
    told = json.loads(services["nginx"]["environment"]["CLAWDBOT_FRONT__NODES"])

    assert named == {f"node-{n}": f"node-{n}:/var/lib/clawdbot/data" for n in (1, 2, 3)}
    assert told == [f"{name}:8000" for name in webs]


@pytest.mark.parametrize("name", ["web", "indexer"])
def test_further_nodes_are_as_the_first(name):
    services = merged("scale-out")["services"]
    first, second = services[name], services[f"{name}-2"]
    differ = {"environment", "volumes", "depends_on", "build", "tmpfs", "pids_limit"}

    assert {k: v for k, v in first.items() if k not in differ} == {
        k: v for k, v in second.items() if k not in differ
    }
    assert set(first["environment"]) == set(second["environment"])


def test_a_node_of_another_machine_runs_nothing_but_a_node():
    services = running("node", NODE_ADDRESS="10.0.0.2")

    assert set(services) == {"init", "web", "worker-parse", "worker-embed", "beat", "indexer"}
    assert services["web"]["ports"] == ["10.0.0.2:8000:8000"]


def test_language_models_get_the_graphics_cards_and_nobody_else():
    services = merged("gpu")["services"]

    assert [name for name, one in services.items() if one.get("deploy")] == ["model"]
    assert services["model"]["build"]["args"]["PACKAGES"] == "gpu"


@pytest.mark.parametrize("name", sorted(STOP_WAIT_S.keys() - {"models"}))
def test_a_container_is_given_the_time_that_its_process_takes_to_end(name):
    told_s = STOP_WAIT_S[name]
    node = config.load().node
    drains_s = node.drain_s + node.grace_s if name == "web" else 0

    assert seconds(running()[name]["stop_grace_period"]) > max(told_s, drains_s)


@pytest.mark.parametrize("chosen", SETS, ids="+".join)
def test_the_program_knows_every_setting_of_a_container(chosen, tmp_path, monkeypatch):
    monkeypatch.setenv("CLAWDBOT_HOME", str(FOLDER))
    secret = tmp_path / "secret"
    secret.write_text("x" * 40)

    for service in merged(*chosen)["services"].values():
        with monkeypatch.context() as patched:
            for name, value in service.get("environment", {}).items():
                patched.setenv(name, str(secret) if name.endswith("_FILE") else str(value))
            assert config.Config().profile in {"workstation", "server", "cluster"}


def test_the_example_names_all_that_a_place_can_set():
    named = set(re.findall(r"^#?(\w+)=", (FOLDER / "example.env").read_text(), re.MULTILINE))

    assert named - variables_named() == {"COMPOSE_PROFILES"}  # Compose's own
    assert variables_named() <= named


@pytest.mark.parametrize("chosen", SETS, ids="+".join)
def test_every_secret_and_volume_that_is_used_is_declared(chosen):
    found = merged(*chosen)
    services = found["services"].values()

    secrets = {name for one in services for name in one.get("secrets", [])}
    volumes = {place.split(":")[0] for one in services for place in one.get("volumes", [])}

    assert secrets == set(found["secrets"])
    assert {name for name in volumes if name[0] not in "./"} == set(found["volumes"])


def make_secrets(folder, *names):
    environment = os.environ | {"SECRETS": str(folder), "CLAWDBOT_HOME": str(folder / "home")}
    clawdbot = f"{sys.executable} -P -m clawdbot_site.cli.main"
    subprocess.run(
        ["sh", str(FOLDER / "make-secrets.sh"), *names],
        cwd=ROOT, check=True, capture_output=True, env=environment | {"CLAWDBOT": clawdbot},
    )  # fmt: skip
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


def test_the_authority_of_one_machine_vouches_for_its_company_alone(tmp_path):
    make_secrets(tmp_path, "kb.company.lan", "10.0.0.5", "203.0.113.7")
    shutil.rmtree(tmp_path / "tls")

    make_secrets(tmp_path, "wiki.company.lan", "192.168.1.1", "203.0.113.7", "localhost")
    sign = authority.authority_open(tmp_path / "ca")
    for stranger in ("kb.company.com", "203.0.113.8"):
        with pytest.raises(Invalid, match=r"may not vouch for .* company\.lan"):
            issuing.certificate_issue(sign, [stranger], folder=tmp_path / "tls")


def test_secrets_are_made_once_in_a_folder_that_is_closed(tmp_path):
    folder = tmp_path / "secrets"

    made = make_secrets(folder, "kb.company.lan", "10.0.0.5")
    again = make_secrets(folder, "kb.company.lan", "10.0.0.5")

    assert made == again
    assert set(made) == set(merged()["secrets"])
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in (folder / "tls").iterdir()} == {
        0o644,
        0o444,
    }


def test_a_check_of_health_knows_the_processes_that_it_is_patient_with():
    assert set(BUSY_S) <= set(PROCESSES)
