"""One version, in two places."""

import tomllib

from apps.core.config import REPOSITORY
from apps.core.version import VERSION


def test_the_program_and_its_project_file_name_the_same_version():
    described = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())

    assert described["project"]["version"] == VERSION
