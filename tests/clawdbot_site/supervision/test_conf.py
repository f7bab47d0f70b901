"""The supervisor's configuration."""

from configparser import RawConfigParser

import pytest

from apps.core.config import Config
from clawdbot_site.supervision import conf, places
from clawdbot_site.supervision.processes import PROCESSES


@pytest.fixture
def configuration(tmp_path, monkeypatch):
    home = tmp_path / "100% ours"
    home.mkdir()
    monkeypatch.setenv("CLAWDBOT_HOME", str(home))
    return Config()


def test_every_process_of_a_node_is_a_program(configuration):
    parser = RawConfigParser()
    parser.read_string(conf.render(configuration))

    programs = {name.removeprefix("program:") for name in parser if name.startswith("program:")}
    assert programs == set(PROCESSES) - {conf.KEEPER}


def test_a_web_server_is_not_killed_before_its_drain_and_its_grace_are_over(configuration):
    parser = RawConfigParser()
    parser.read_string(conf.render(configuration))

    node = configuration.node
    assert parser.getint("program:web", "stopwaitsecs") > node.drain_s + node.grace_s


def test_models_stop_after_the_web_server_whose_answers_use_them(configuration):
    parser = RawConfigParser()
    parser.read_string(conf.render(configuration))

    assert parser.getint("group:node", "priority") > conf.KEEPER_PRIORITY > conf.MODEL_PRIORITY


def test_the_keeper_of_models_is_a_program_in_a_file_that_the_supervisor_reads_too(configuration):
    places.make_folders(configuration)
    conf.write(configuration)

    conf.write_keeper(configuration)

    parser = RawConfigParser()
    parser.read(places.supervisor_conf(configuration))
    pattern = parser.get("include", "files")
    assert [path.name for path in places.run_dir(configuration).glob(pattern)] == ["models.conf"]


def test_programs_of_a_former_run_are_gone_with_the_next_start(configuration):
    places.make_folders(configuration)
    conf.write_keeper(configuration)

    conf.write(configuration)

    assert list(places.programs_dir(configuration).iterdir()) == []


def test_a_percent_sign_in_a_path_is_no_expansion(configuration):
    assert "100%% ours" in conf.render(configuration)


def test_the_file_is_for_its_owner_only(configuration):
    places.make_folders(configuration)

    conf.write(configuration)

    assert places.supervisor_conf(configuration).stat().st_mode & 0o777 == 0o600


def test_the_socket_of_a_deep_folder_lies_in_a_short_private_one(tmp_path, monkeypatch):
    home = tmp_path / ("deep" * 30)
    monkeypatch.setenv("CLAWDBOT_HOME", str(home))

    places.make_folders(Config())

    socket = places.supervisor_socket(Config())
    assert len(str(socket)) <= places.LONGEST_SOCKET
    assert socket.parent.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("name", PROCESSES)
def test_every_process_has_at_least_one_thread(name, configuration):
    assert int(conf.threads(name, configuration)["OMP_NUM_THREADS"]) >= 1


def test_a_process_that_failed_is_started_again_for_at_least_a_day(configuration):
    parser = RawConfigParser()
    parser.read_string(conf.render(configuration))

    retries = parser.getint("program:worker-embed", "startretries")
    assert sum(range(retries)) > 24 * 3600  # each pause is a second longer
