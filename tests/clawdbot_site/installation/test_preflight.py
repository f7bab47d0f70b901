"""What keeps a node from starting."""

import os
import socket
from pathlib import Path

import pytest

from apps.core.config import Config
from apps.core.errors import Conflict
from clawdbot_site.installation import machine, preflight


@pytest.fixture
def configuration(tmp_path, monkeypatch):
    monkeypatch.setenv("CLAWDBOT_HOME", str(tmp_path))
    return Config()


@pytest.fixture
def taken_port():
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def with_port(configuration, port):
    service = configuration.service.model_copy(update={"port": port})
    return configuration.model_copy(update={"service": service})


def test_a_port_in_use_is_refused_with_the_name_of_its_holder(configuration, taken_port):
    with pytest.raises(Conflict, match=rf"in use by .*\(pid {os.getpid()}\).*service.port"):
        preflight.check_port(with_port(configuration, taken_port))


@pytest.mark.parametrize("host", ["192.0.2.1", "::g"])
def test_an_address_that_this_machine_does_not_have_is_told_from_a_taken_port(configuration, host):
    service = configuration.service.model_copy(update={"host": host})

    with pytest.raises(
        Conflict, match=rf"{host} is no address of this machine\. Set service\.host"
    ):
        preflight.check_port(configuration.model_copy(update={"service": service}))


def test_a_free_port_passes(configuration, taken_port):
    with socket.create_server(("127.0.0.1", 0)) as server:
        free = server.getsockname()[1]

    preflight.check_port(with_port(configuration, free))


def test_a_folder_that_is_a_file_is_refused(tmp_path):
    (tmp_path / "data").write_text("")

    with pytest.raises(Conflict, match="cannot be written to"):
        preflight.check_folder(tmp_path / "data")


def test_a_disk_that_is_nearly_full_is_refused(configuration):
    configuration.data_dir.mkdir()
    storage = configuration.storage.model_copy(update={"min_free": "1000TB"})

    with pytest.raises(Conflict, match="MB free, at least"):
        preflight.check_disk(configuration.model_copy(update={"storage": storage}))


def test_too_little_memory_is_refused(monkeypatch):
    monkeypatch.setattr(machine, "available_memory", lambda: 100 * 10**6)

    with pytest.raises(Conflict, match="100 MB of memory are available"):
        preflight.check_memory()


@pytest.mark.skipif(not Path("/proc/self/smaps_rollup").exists(), reason="needs Linux")
def test_the_memory_of_a_process_is_known():
    assert 10**6 < machine.memory_of(os.getpid()) < 10**11
    assert machine.available_memory() > 0
