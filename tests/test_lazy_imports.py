"""Heavy libraries load when they are needed, not when a process starts."""

import subprocess
import sys

import pytest

from tests.installation import ROOT

HEAVY = {
    "faiss", "tantivy", "onnxruntime", "tokenizers", "kreuzberg", "pypdfium2",
    "llama_cpp", "torch", "sentence_transformers", "unstructured",
    "pymilvus", "milvus_lite", "grpc", "pandas", "minio", "openpyxl", "reportlab", "PIL",
    "opentelemetry.sdk",
}  # fmt: skip
ADMIN = {"apps.core.adminsite", "unfold.admin", "clawdbot_site.urls", "drf_spectacular.plumbing"}
CODE = """
import sys, django
django.setup()
import {module}
print("\\n".join(sys.modules))
"""


@pytest.mark.parametrize(
    "module",
    ["ingest.tasks", "clawdbot_site.urls, apps.ops.ledger.middleware", "apps.ops.tasks"],
)
def test_importing_loads_no_heavy_library(module, tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", CODE.format(module=module)],
        cwd=ROOT, capture_output=True, text=True, check=True, timeout=60,
        env={"CLAWDBOT_HOME": str(tmp_path), "DJANGO_SETTINGS_MODULE": "clawdbot_site.settings"},
    )  # fmt: skip

    assert HEAVY & set(done.stdout.split()) == set()


@pytest.mark.parametrize(
    ("module", "pages"),
    [
        ("clawdbot_site.cli.main", ADMIN | {"rest_framework.views", "numpy", "psycopg"}),
        ("apps.ops.tasks, apps.evaluation.tasks, ingest.tasks", ADMIN | {"rest_framework.views"}),
    ],
)
def test_what_shows_no_page_loads_none(module, pages, tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", CODE.format(module=module)],
        cwd=ROOT, capture_output=True, text=True, check=True, timeout=60,
        env={"CLAWDBOT_HOME": str(tmp_path), "DJANGO_SETTINGS_MODULE": "clawdbot_site.settings"},
    )  # fmt: skip

    assert pages & set(done.stdout.split()) == set()


def test_help_is_written_without_the_configuration_and_without_django(tmp_path):
    code = "import sys\nimport clawdbot_site.cli.main\nprint('\\n'.join(sys.modules))"

    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True,
        timeout=60, env={"CLAWDBOT_HOME": str(tmp_path)},
    )  # fmt: skip

    assert {"django", "pydantic", "celery"} & set(done.stdout.split()) == set()


def test_searching_in_files_loads_nothing_of_milvus(tmp_path):
    module = "apps.retrieval.index_snapshot, apps.retrieval.index_following, apps.retrieval.verify"
    done = subprocess.run(
        [sys.executable, "-c", CODE.format(module=module)],
        cwd=ROOT, capture_output=True, text=True, check=True, timeout=60,
        env={"CLAWDBOT_HOME": str(tmp_path), "DJANGO_SETTINGS_MODULE": "clawdbot_site.settings"},
    )  # fmt: skip

    assert {"pymilvus", "grpc", "pandas"} & set(done.stdout.split()) == set()


def test_checking_the_program_looks_at_the_admin_too(tmp_path):
    module = "clawdbot_site.lazy_admin; clawdbot_site.lazy_admin.check_discovered(None)"
    done = subprocess.run(
        [sys.executable, "-c", CODE.format(module=module)],
        cwd=ROOT, capture_output=True, text=True, check=True, timeout=60,
        env={"CLAWDBOT_HOME": str(tmp_path), "DJANGO_SETTINGS_MODULE": "clawdbot_site.settings"},
    )  # fmt: skip

    assert {"apps.core.adminsite", "unfold.admin"} <= set(done.stdout.split())
