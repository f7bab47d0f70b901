"""`clawdbot profile`: what it says, and that it does it."""

import json

import pytest
from typer.testing import CliRunner

from apps.core.errors import ClawdbotError, Invalid
from apps.modelhub.models import Term
from clawdbot_site.cli import profile

pytestmark = pytest.mark.django_db


def call(*arguments):
    result = CliRunner().invoke(profile.app, [str(argument) for argument in arguments])
    if isinstance(result.exception, ClawdbotError):
        raise result.exception
    assert result.exit_code == 0, result.output
    return result


def test_profiles_are_listed_as_they_are_in_force():
    rows = {row["name"]: row for row in json.loads(call("list", "--json").stdout)}

    assert (rows["lite"]["engine"], rows["general"]["default"]) == ("builtin", "yes")
    assert "medical" in call("list").stdout


def test_terms_come_in_from_a_file_and_go_out_again(tmp_path):
    table = tmp_path / "terms.csv"
    table.write_text("delivery note,送货单,DN", encoding="gb18030")

    assert "1 term brought in" in call("terms", "finance", "--import", table).stderr

    assert call("terms", "finance").stdout == "delivery note\t送货单\tDN\n"


def test_bad_lines_and_unknown_profiles_are_refused(tmp_path):
    (tmp_path / "bad.tsv").write_text("\t\tneither")

    with pytest.raises(Invalid, match="not terms"):
        call("terms", "finance", "--import", tmp_path / "bad.tsv")
    with pytest.raises(Invalid, match="general, finance"):
        call("terms", "legal")
    assert not Term.objects.exists()
