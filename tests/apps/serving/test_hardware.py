"""What the machine has: read from /proc and /sys as other machines show them."""

import pytest

from apps.serving import gpus, hardware

GB = 10**9


@pytest.fixture
def machine(tmp_path):
    """Writes files of another machine's /proc and /sys; a plain one with 16 GB to begin with."""

    def write(**files):
        for name, text in files.items():
            path = tmp_path / name.replace("__", "/").replace("_DOT_", ".")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        return tmp_path

    write(proc__meminfo="MemTotal: 16000000 kB\nMemFree: 1 kB\nMemAvailable: 12000000 kB\n")
    return write


def test_the_whole_machine_without_limits(machine):
    found = hardware.read(machine(), cpus=range(8))

    assert (found.cores, found.physical_cores) == (8, 8)
    assert (found.memory_bytes, found.free_bytes) == (16_384_000_000, 12_288_000_000)


def test_twins_of_a_core_are_one_physical_core(machine):
    root = machine(
        **{
            f"sys__devices__system__cpu__cpu{cpu}__topology__thread_siblings_list": str(cpu % 4)
            for cpu in range(8)
        }
    )

    assert hardware.read(root, cpus=range(8)).physical_cores == 4


@pytest.mark.parametrize(
    ("group", "folder"),
    [("0::/\n", "sys__fs__cgroup"), ("0::/kb.service\n", "sys__fs__cgroup__kb_DOT_service")],
)
def test_a_container_of_the_second_version_limits_cores_and_memory(machine, group, folder):
    root = machine(
        proc__self__cgroup=group,
        **{
            f"{folder}__cpu_DOT_max": "150000 100000",
            f"{folder}__memory_DOT_max": str(4 * GB),
            f"{folder}__memory_DOT_current": str(3 * GB),
            f"{folder}__memory_DOT_stat": f"anon 5\ninactive_file {GB}\n",
        },
    )

    found = hardware.read(root, cpus=range(8))

    assert (found.cores, found.memory_bytes, found.free_bytes) == (1.5, 4 * GB, 2 * GB)


def test_a_container_of_the_first_version_limits_too(machine):
    root = machine(
        proc__self__cgroup="4:memory:/box\n2:cpu,cpuacct:/box\n1:name=systemd:/box\n",
        sys__fs__cgroup__memory__box__memory_DOT_limit_in_bytes=str(2 * GB),
        sys__fs__cgroup__memory__box__memory_DOT_usage_in_bytes=str(GB),
        sys__fs__cgroup__cpu__cpu_DOT_cfs_quota_us="200000",
        sys__fs__cgroup__cpu__cpu_DOT_cfs_period_us="100000",
    )

    found = hardware.read(root, cpus=range(8))

    assert (found.cores, found.memory_bytes, found.free_bytes) == (2.0, 2 * GB, GB)


def test_a_group_above_that_is_tighter_counts(machine):
    root = machine(
        proc__self__cgroup="0::/outer/inner\n",
        sys__fs__cgroup__outer__memory_DOT_max=str(2 * GB),
        sys__fs__cgroup__outer__inner__memory_DOT_max=str(8 * GB),
    )

    assert hardware.read(root, cpus=range(2)).memory_bytes == 2 * GB


@pytest.mark.parametrize("limit", ["max", "9223372036854771712", "", "nonsense"])
def test_no_limit_is_none(machine, limit):
    root = machine(
        proc__self__cgroup="0::/\n",
        sys__fs__cgroup__memory_DOT_max=limit,
        sys__fs__cgroup__cpu_DOT_max="max 100000",
    )

    found = hardware.read(root, cpus=range(2))

    assert (found.cores, found.memory_bytes) == (2, 16_384_000_000)


def test_a_machine_without_a_driver_has_no_gpu():
    assert gpus.found() == () or all(gpu.total_bytes > 0 for gpu in gpus.found())
