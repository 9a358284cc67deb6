"""The main job, end to end, by the gateway that was installed from the wheel alone."""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx
import pytest
from rich.console import Console

from simulators.demo import drop_examples, when_final
from simulators.stage import Stage, stage, table_of
from tests.acceptance.conftest import Installation

# examples/erp/README.md: number -> the way it ends on, and how.
ENDS = {
    "F-2026-1041": ("peppol", "Delivered"),
    "F-2026-1042": ("peppol", "Delivered"),
    "F-2026-1043": (None, "Action needed"),  # wrong on purpose
    "R-26-0311": ("mail", "Delivered"),
    "R-26-0312": ("post", "Delivered"),
    "R-26-0313": ("post", "Delivered"),
    "R-26-0314": ("mail", "Delivered"),  # falls back from Peppol
    "R-26-0401": ("peppol", "Delivered"),
    "G-26-0012": ("peppol", "Delivered"),  # a credit note
    "2026/77": ("sdi", "Delivered"),
    "2026/78": ("sdi", "Delivered"),
    "2026/79": ("sdi", "Action needed"),  # refused by SDI
    "2026/PA-5": ("sdi", "Accepted"),  # or delivered, while the 15 days of the office run
    "FE-26-118": ("mail", "Delivered"),
}


@pytest.fixture
def standing(installation: Installation) -> Iterator[Stage]:
    """Everything stands, with the gateway of the installation under test (GATEWAY_UNDER_TEST names it)."""
    del installation
    with TemporaryDirectory(prefix="gateway-acceptance-", ignore_cleanup_errors=True) as name:
        Path(name).chmod(0o711)
        with stage(Path(name)) as stands:
            yield stands


def test_every_example_ends_where_it_shall_and_nothing_is_delivered_twice(standing: Stage) -> None:
    drop_examples(standing)
    found = {one["number"]: (one["channel"], one["headline"]) for one in when_final(Console(quiet=True), standing)}
    assert found | {"2026/PA-5": ("sdi", "Accepted")} == ENDS
    assert found["2026/PA-5"] in {("sdi", "Accepted"), ("sdi", "Delivered")}
    control = table_of(standing.twin, "control")["url"]
    for party in ("ap", "sdi", "smtp", "print"):
        seen = httpx.get(f"{control}/seen/{party}", timeout=30).json()
        assert seen["new"] > 0
        assert seen["twice"] == {} or seen["twice"] == []
