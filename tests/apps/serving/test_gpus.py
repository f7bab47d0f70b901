"""What NVIDIA's driver tells, through a driver that is not here."""

from types import SimpleNamespace

import pynvml
import pytest

from apps.serving import gpus


@pytest.fixture
def driver(monkeypatch):
    """Two GPUs."""
    answers = {
        "nvmlInit": lambda: None,
        "nvmlShutdown": lambda: None,
        "nvmlDeviceGetCount": lambda: 2,
        "nvmlDeviceGetHandleByIndex": lambda index: index,
        "nvmlDeviceGetMemoryInfo": lambda index: SimpleNamespace(total=100, free=40 + index),
        "nvmlDeviceGetName": lambda index: f"GPU {index}".encode(),
        "nvmlDeviceGetUtilizationRates": lambda index: SimpleNamespace(gpu=20 + 60 * index),
    }
    for name, answer in answers.items():
        monkeypatch.setattr(pynvml, name, answer)


def test_gpus_are_found_with_their_memory(driver):
    assert gpus.found() == (gpus.Gpu("GPU 0", 100, 40), gpus.Gpu("GPU 1", 100, 41))


def test_how_busy_they_are_is_told_of_all_together(driver):
    assert gpus.use() == 0.5


def test_without_a_driver_there_are_none(monkeypatch):
    def refused():
        raise pynvml.NVMLError(pynvml.NVML_ERROR_LIBRARY_NOT_FOUND)

    monkeypatch.setattr(pynvml, "nvmlInit", refused)

    assert (gpus.found(), gpus.use()) == ((), 0.0)
