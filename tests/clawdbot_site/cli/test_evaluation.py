"""`clawdbot eval` about golden sets: what it says, and that it does it."""

import json

import pytest
from typer.testing import CliRunner

from apps.evaluation import run_queue, running
from apps.evaluation.candidates import configured as configured_now
from apps.evaluation.models import EvaluationResult, EvaluationRun, GoldenSet
from apps.evaluation.run_queue import Wanted
from clawdbot_site.cli import evaluation, evaluation_gate
from tests.apps.evaluation.worlds import asked, golden, papers, place
from tests.apps.generation.conftest import collection, knowledge, reader
from tests.factories import UserFactory

__all__ = ["collection", "golden", "knowledge", "papers", "place", "reader"]
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def root():
    return UserFactory(username="root", is_superuser=True)


def call(*arguments, exit_code=0):
    result = CliRunner().invoke(evaluation.app, [str(argument) for argument in arguments])
    assert result.exit_code == exit_code, (result.output, result.exception)
    return result


def test_a_set_is_asked_and_its_figures_are_kept_and_told(golden):
    told = json.loads(call("run", "Office", "--json").stdout)

    assert told["figures"]["recall_at_1"]["value"] == 1.0
    assert json.loads(call("report", "Office", "--json").stdout)["run"] == told["run"]
    assert "recall_at_1" in call("report", "Office").stdout
    assert str(told["run"]) in call("report", "Office", "--history").stdout


def test_questions_come_in_with_errors_by_line_and_go_out(golden, tmp_path):
    table = tmp_path / "q.csv"
    table.write_text("question,answers,documents\nWho restarts?,nobody,printer.txt\nA?,a,no.txt\n")

    told = call("import", "Office/Own", table, "--create", exit_code=1)

    assert "q.csv, line 3" in told.stdout
    assert GoldenSet.objects.filter(name="Own").exists()
    call("export", "Office/Own", "--to", tmp_path / "out.xlsx")
    assert (tmp_path / "out.xlsx").read_bytes().startswith(b"PK")
    assert json.loads(call("export", "Office/Own").stdout)["relevant"] == ["printer.txt"]


def test_two_runs_are_compared_and_a_loss_is_an_exit_code(golden):
    old, new = asked(golden), asked(golden)
    assert call("compare", old.pk, new.pk, "--max-loss", "0.03").stdout
    for result in new.results.all():
        scores = dict.fromkeys(result.scores, 0.0)
        EvaluationResult.objects.filter(pk=result.pk).update(scores=scores)

    told = call("compare", old.pk, new.pk, "--max-loss", "0.03", exit_code=1)

    assert "lost" in told.stdout
    assert "-100.0" in told.stdout


def test_why_a_document_is_not_in_an_answer_is_told(collection, knowledge):
    question, name = "Who designed the printer?", collection.name
    assert "FELL" not in call("probe", name, "printer.txt", question).stdout

    told = json.loads(call("probe", name, "leave.txt", question, "--json", exit_code=1).stdout)

    assert told["fell_at"] in {"reader", "answer", "fused"}


def test_drafts_are_made_and_taken_into_use(collection, knowledge):
    name = collection.name
    call("draft", name, "--no-model")
    assert "Keller" in call("drafts", name).stdout

    assert "in use now" in call("drafts", name, "--take").stderr
    assert "known already" in call("harvest", name).stderr


def test_sets_are_listed_and_a_switch_is_allowed_with_a_reason(golden):
    assert "Office/Golden questions" in call("sets").stdout
    run = EvaluationRun.objects.create(golden_set=golden, candidate={"generation": 1})

    assert "24 hours" in call("allow", run.pk, "--reason", "It is faster.").stderr


@pytest.fixture
def changed(golden, configured):
    """The set was asked, then clawdbot.yaml was changed."""
    configured("evaluation", gate_questions=4)
    asked(golden)
    configured("retrieval", rrf_k=10)
    return golden


def test_what_a_changed_configuration_loses_is_an_exit_code_until_it_is_allowed(changed):
    (passed,) = json.loads(call("gate", "--json").stdout)["sets"]
    EvaluationResult.objects.filter(run=passed["run"]).update(scores={"mrr": 0.0, "f1": 0.0})

    lost = call("gate", exit_code=1)
    call("allow", passed["run"], "--reason", "The new words matter more.")

    assert passed["changed"] == ["retrieval"]
    assert "loses MRR -100.0 points" in lost.stderr
    assert json.loads(call("gate", "--json").stdout)["passed"]


def test_a_gate_asks_nothing_while_another_run_is_under_way_but_knows_what_it_knows(changed):
    run_queue.run_ask(changed, Wanted(EvaluationRun.Cause.BUTTON))
    refused = call("gate", exit_code=1)
    running.work(60.0)

    assert "being asked just now" in refused.exception.message
    assert json.loads(call("gate", "--json").stdout)["passed"]


def test_a_start_with_what_was_not_measured_or_loses_is_told(changed, capsys):
    evaluation_gate.tell_unproven()
    call("gate")
    evaluation_gate.tell_unproven()
    EvaluationResult.objects.exclude(run__candidate={}).update(scores={"mrr": 0.0})
    evaluation_gate.tell_unproven()

    unmeasured, lost = capsys.readouterr().err.splitlines()
    assert "settings of search; what is lost by that is not known" in unmeasured
    assert "it loses MRR -100.0 points" in lost


def test_a_worker_does_not_take_what_is_in_force_for_what_was_to_be_tried(changed, configured):
    run_queue.run_ask(changed, Wanted(EvaluationRun.Cause.GATE, candidate=configured_now()))
    configured("retrieval", rrf_k=60)

    running.work(60.0)

    assert "is not the one here" in EvaluationRun.objects.exclude(candidate={}).get().problem


def test_the_file_of_another_installation_is_not_judged_here(changed, tmp_path, capfd):
    file = tmp_path / "other.yaml"
    file.write_text(f"storage: {{data_dir: {tmp_path}}}\n")

    call("gate", "--config", file, exit_code=1)

    assert "is of another installation" in capfd.readouterr().err
    assert changed.runs.count() == 2  # what is in force was asked
