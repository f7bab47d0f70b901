"""The bundle for machines without internet: made and installed for real, with small packages."""

import hashlib
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SHELL = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
NO_NETWORK = ["unshare", "--net"] if os.geteuid() == 0 else []


def wheel(folder, name, text):
    """A package with one module, as small as pip takes it."""
    facts = f"{name}-1.0.dist-info"
    with zipfile.ZipFile(folder / f"{name}-1.0-py3-none-any.whl", "w") as archive:
        archive.writestr(f"{name}.py", text)
        archive.writestr(
            f"{facts}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n"
        )
        archive.writestr(f"{facts}/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n")
        archive.writestr(f"{facts}/RECORD", "")
    digest = hashlib.sha256((folder / f"{name}-1.0-py3-none-any.whl").read_bytes()).hexdigest()
    return f"{name}==1.0 \\\n    --hash=sha256:{digest}\n"


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    """A program of one package, and the folder that its wheel is fetched from."""
    tree = tmp_path_factory.mktemp("source") / "tree"
    shutil.copytree(ROOT / "deploy/airgap", tree / "deploy/airgap")
    for name in ("setup.sh", "slim.py", "clawdbot.sh"):
        shutil.copy(ROOT / "deploy" / name, tree / "deploy")
    (tree / "deploy/smoke.py").write_text("import greeting\n")
    (tree / "pyproject.toml").write_text('version = "9.9"\n')
    (tree / "程序.py").write_text("")
    (tree / "deploy/clawdbot.yaml").write_text("everybody's")
    for name in (".env", "clawdbot.yaml", "clawdbot.restored.yaml"):
        (tree / name).write_text("this machine's")
    (tree.parent / "wheels").mkdir()
    lock = wheel(tree.parent / "wheels", "greeting", "TEXT = 'hello'\n")
    older = wheel(tree.parent / "wheels", "backport", "")
    lock += older.replace("==1.0", "==1.0 ; python_full_version < '3.11.1'")
    (tree / "requirements-workstation.txt").write_text(lock)
    return tree


@pytest.fixture(scope="module")
def bundle(source):
    """The bundle, made where only the folder of wheels can be reached."""
    made = source.parent / "made"
    subprocess.run(
        ["sh", "deploy/airgap/bundle.sh", "--to", str(made)], cwd=source, check=True,
        env=SHELL | {"PYTHON": sys.executable, "PIP_NO_INDEX": "1", "PIP_CONFIG_FILE": "/dev/null",
                     "PIP_FIND_LINKS": str(source.parent / "wheels")},
    )  # fmt: skip
    return next(made.glob("clawdbot-9.9-*.tar"))


@pytest.fixture
def unpacked(bundle, tmp_path):
    subprocess.run(["tar", "xf", bundle, "-C", tmp_path], check=True)
    return next(tmp_path.glob("clawdbot-9.9-*"))


def install(unpacked, **environment):
    return subprocess.run(
        [*NO_NETWORK, "sh", str(unpacked / "install.sh"), str(unpacked.parent / "program")],
        capture_output=True, text=True, check=False, env=SHELL | environment, cwd=unpacked.parent,
    )  # fmt: skip


def test_a_bundle_is_installed_and_upgraded_without_any_network(unpacked):
    program = unpacked.parent / "program"
    first = install(unpacked, PYTHON=sys.executable)
    (program / "gone.py").write_text("")
    with (program / ".files").open("a") as files:
        files.write("gone.py\n")
    (program / "data").mkdir()

    again = install(unpacked, PYTHON=sys.executable)

    assert (first.returncode, again.returncode) == (0, 0), first.stderr + again.stderr
    assert sorted(path.name for path in program.iterdir()) == [
        ".files", ".venv", "data", "deploy", "pyproject.toml", "requirements-workstation.txt",
        "程序.py",
    ]  # fmt: skip


def test_a_bundle_serves_every_patch_release_of_its_python(unpacked):
    wheels = sorted(path.name for path in (unpacked / "wheels").iterdir())

    assert wheels == ["backport-1.0-py3-none-any.whl", "greeting-1.0-py3-none-any.whl"]


def test_what_is_of_this_machine_is_in_no_bundle(unpacked):
    files = (unpacked / "files").read_text().splitlines()

    assert {"程序.py", "deploy/clawdbot.yaml"} <= set(files)
    assert not {".env", "clawdbot.yaml", "clawdbot.restored.yaml"} & set(files)


def test_a_changed_bundle_installs_nothing(unpacked):
    with next((unpacked / "wheels").iterdir()).open("ab") as file:
        file.write(b"!")

    done = install(unpacked, PYTHON=sys.executable)

    assert done.returncode == 1
    assert "the bundle is damaged, or was changed; nothing was installed" in done.stderr
    assert not (unpacked.parent / "program").exists()


def test_a_bundle_for_another_python_says_which_it_wants(unpacked):
    kind = unpacked / "made-for"
    sums = unpacked / "SHA256SUMS"
    before = hashlib.sha256(kind.read_bytes()).hexdigest()
    kind.write_text(kind.read_text().replace("python3.", "python9."))
    sums.write_text(sums.read_text().replace(before, hashlib.sha256(kind.read_bytes()).hexdigest()))

    done = install(unpacked)

    assert done.returncode == 1
    assert "python9." in done.stderr
    assert "which is not here" in done.stderr


def test_the_sum_beside_the_bundle_is_its_own(bundle):
    told = bundle.with_name(f"{bundle.name}.sha256").read_text().split()

    assert told == [hashlib.sha256(bundle.read_bytes()).hexdigest(), bundle.name]
