"""The Dockerfile: what its images are made of, and what does not get into them."""

import re
import subprocess
import sys
from pathlib import Path

import yaml

from apps.core.version import VERSION
from tests.deploy.compose_files import ROOT, merged

TEXT = (ROOT / "Dockerfile").read_text()
LINES = TEXT.replace("\\\n", " ").splitlines()
IMAGES = ("slim", "server", "nginx")
BUILD_TOOLS = re.compile(r"\b(build-essential|gcc|g\+\+|make|cmake|python3-dev|python3-pip|git)\b")


def stages():
    """Name -> what it begins from, and its lines, in the order of the file."""
    found: dict[str, list[str]] = {}
    for line in LINES:
        if line.startswith("FROM "):
            found[line.split()[-1]] = [line.split()[1]]
        elif found:
            found[list(found)[-1]].append(line)
    return found


def lines_of(image):
    """All lines that an image is made of: its stage's, and those of the stages below."""
    found, below = [], image
    while below in stages():
        below, *lines = stages()[below]
        found += lines
    return found


def test_the_dockerfile_is_as_hadolint_wants_it():
    hadolint = Path(sys.executable).with_name("hadolint")

    done = subprocess.run(
        [hadolint, ROOT / "Dockerfile"], capture_output=True, text=True, check=False
    )

    assert (done.returncode, done.stdout) == (0, "")


def test_what_is_built_without_a_target_is_the_slim_image():
    assert list(stages())[-1] == "slim"


def test_no_image_has_what_builds():
    for image in IMAGES:
        installed = [line for line in lines_of(image) if "apt-get install" in line]

        assert installed
        assert not any(BUILD_TOOLS.search(line) for line in installed)
        assert not any("setup.sh" in line for line in lines_of(image) if line.startswith("RUN"))


def test_every_image_runs_as_the_user_of_the_compose_file():
    users = {
        image: [line for line in lines_of(image) if line.startswith("USER")] for image in IMAGES
    }

    assert users == {image: ["USER 10001:10001"] for image in IMAGES}
    assert merged()["services"]["web"]["user"] == "10001:10001"


def test_the_compose_file_builds_the_stages_and_names_this_version():
    services = merged()["services"].values()
    built = {one["image"]: one["build"]["target"] for one in services if "build" in one}

    assert built == {
        f"clawdbot:{VERSION}": "slim",
        f"clawdbot-nginx:{VERSION}": "nginx",
        f"clawdbot-server:{VERSION}": "server",
    }


def test_the_builder_is_given_only_what_is_named():
    lines = (ROOT / ".dockerignore").read_text().splitlines()
    first, *rules = [line for line in lines if line and not line.startswith("#")]
    given = {line[1:] for line in rules if line.startswith("!")}
    copied = {
        source.split("/")[0]
        for line in LINES
        if line.startswith("COPY ") and "--from" not in line
        for source in line.split()[1:-1]
    }

    assert first == "*"
    assert not given & {".env", "data", "tests", ".git", "clawdbot.yaml"}
    assert "deploy/compose/secrets" in rules
    for name in copied - {"wheel[s]"}:
        assert name in given or any(Path(name).match(pattern) for pattern in given)


def test_nothing_is_fetched_but_packages():
    assert "# syntax=" not in TEXT
    assert not re.search(r"\b(curl|wget|ADD https?:|git clone)\b", TEXT)


def test_the_settings_of_the_containers_are_yaml_that_holds_no_secret():
    given = yaml.safe_load((ROOT / "deploy/compose/clawdbot.yaml").read_text())

    assert set(given) == {"service", "ingest"}
    assert not {"secret_key", "admin_password", "metrics_token"} & set(given["service"])


def test_the_server_is_installed_without_cuda_where_there_is_no_gpu():
    program = ["awk", "-f", "deploy/without_cuda.awk", "requirements.txt"]
    told = subprocess.run(program, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    packages = set(re.findall(r"^([a-z][\w.-]*)==", told, re.MULTILINE))
    needed = set(re.findall(r"^([a-z][\w.-]*)==", (ROOT / "requirements.txt").read_text(), re.M))

    assert {"sentence-transformers", "llama-cpp-python", "nvidia-ml-py"} <= packages
    assert {name.split("-")[0] for name in needed - packages} == {
        "torch",
        "triton",
        "cuda",
        "nvidia",
    }
