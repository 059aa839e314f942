"""What a process may take, of machines that are folders."""

import resource

import pytest

from transformer_mt import available_memory as module
from transformer_mt.available_memory import available_memory

MB = 2**20


@pytest.fixture
def machine(tmp_path, monkeypatch):
    """Give a function that writes files below a root; the machine has 1,000 MB free."""
    monkeypatch.setattr(module.resource, "getrlimit", lambda kind: (resource.RLIM_INFINITY,) * 2)

    def write(**files):
        for name, text in files.items():
            path = tmp_path / name.replace("__", "/").replace("DOT", ".")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(str(text), encoding="utf-8")
        return tmp_path

    write(proc__meminfo=f"MemTotal: 9999999 kB\nMemAvailable:   {1000 * 1024} kB\nBuffers: 1 kB\n")
    return write


def test_without_limits_it_is_what_the_machine_has_free(machine):
    assert available_memory(machine()) == 1000 * MB


def test_a_container_of_cgroup_version_2(machine):
    group = {
        "proc__self__cgroup": "0::/a/b\n",
        "sys__fs__cgroup__a__b__memoryDOTmax": 600 * MB,
        "sys__fs__cgroup__a__b__memoryDOTcurrent": 200 * MB,
        "sys__fs__cgroup__a__b__memoryDOTstat": f"anon 5\ninactive_file {50 * MB}\n",
    }
    assert available_memory(machine(**group)) == 450 * MB
    outer = {"sys__fs__cgroup__a__memoryDOTmax": 500 * MB}
    outer["sys__fs__cgroup__a__memoryDOTcurrent"] = 300 * MB
    assert available_memory(machine(**outer)) == 200 * MB
    machine(**{"sys__fs__cgroup__a__memoryDOTmax": "max\n"})
    assert available_memory(machine()) == 450 * MB


def test_a_container_that_sees_its_own_group_as_the_root(machine):
    group = {
        "proc__self__cgroup": "0::/docker/123\n",
        "sys__fs__cgroup__memoryDOTmax": 600 * MB,
        "sys__fs__cgroup__memoryDOTcurrent": 200 * MB,
    }
    assert available_memory(machine(**group)) == 400 * MB


def test_a_container_of_cgroup_version_1(machine):
    group = {
        "proc__self__cgroup": "5:devices:/x\n4:cpu,memory:/x\n0::/\n",
        "sys__fs__cgroup__memory__memoryDOTlimit_in_bytes": 2**63 - 4096,  # none
        "sys__fs__cgroup__memory__memoryDOTusage_in_bytes": 10**15,
        "sys__fs__cgroup__memory__x__memoryDOTlimit_in_bytes": 700 * MB,
        "sys__fs__cgroup__memory__x__memoryDOTusage_in_bytes": 300 * MB,
        "sys__fs__cgroup__memory__x__memoryDOTstat": f"total_inactive_file {20 * MB}\n",
    }
    assert available_memory(machine(**group)) == 420 * MB


def test_a_limit_of_the_shell(machine, monkeypatch):
    monkeypatch.setattr(module.resource, "getrlimit", lambda kind: (900 * MB, 900 * MB))
    monkeypatch.setattr(module.os, "sysconf", lambda name: 4096)
    assert available_memory(machine(proc__self__statm=f"{300 * MB // 4096} 5 6")) == 600 * MB
    assert available_memory(machine(proc__self__statm=f"{950 * MB // 4096} 5 6")) == 0


def test_where_nothing_is_told_it_is_the_whole_machine(tmp_path, machine, monkeypatch):
    monkeypatch.setattr(module.os, "sysconf", {"SC_PHYS_PAGES": 1000, "SC_PAGE_SIZE": 4096}.get)
    assert available_memory(tmp_path / "nothing here") == 4_096_000


def test_this_machine_has_some():
    assert available_memory() > 0
