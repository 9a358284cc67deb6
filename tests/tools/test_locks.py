"""The lock files say by hash what is installed, and nothing about the machine that wrote them."""

import re
from pathlib import Path

import pytest

LOCKS = sorted((Path(__file__).parents[2] / "requirements").glob("*.txt"))


def pins(lock: Path) -> set[tuple[str, str]]:
    """Name and version of every package of a lock."""
    return set(re.findall(r"^([a-z0-9-]+)(?:\[[a-z,]+\])?==(\S+)", lock.read_text(), re.MULTILINE))


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_every_line_is_a_pinned_package_a_hash_or_a_comment(lock: Path) -> None:
    for line in lock.read_text().splitlines():
        assert re.fullmatch(
            r"[a-z0-9-]+(\[[a-z,]+\])?==\S+( ; .*)? \\|    --hash=sha256:[0-9a-f]{64}( \\)?| *#.*", line
        )


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_no_lock_names_an_index_or_a_path(lock: Path) -> None:
    assert not re.search(r"://|index-url|find-links|^/|\s/", lock.read_text(), re.MULTILINE)


def test_the_environment_of_developers_runs_the_versions_that_customers_get() -> None:
    runtime, dev = (pins(LOCKS[0].with_name(name)) for name in ("runtime.txt", "dev.txt"))
    assert runtime
    assert runtime <= dev


def test_the_lock_with_the_judge_is_that_of_the_runtime_and_saxon() -> None:
    runtime, judge = (pins(LOCKS[0].with_name(name)) for name in ("runtime.txt", "judge.txt"))
    assert runtime < judge
    assert {name for name, _ in judge - runtime} == {"saxonche"}
