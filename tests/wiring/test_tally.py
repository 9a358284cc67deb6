"""The counts of judges are those of all processes, and of this very judge."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from structlog.testing import capture_logs

from gateway.judges import Count, Tally
from tests.wiring.stylesheets import STRICTER_ONE, judges_with, only


def test_nothing_is_lost_where_many_count_at_once(tmp_path: Path) -> None:
    judge = only(judges_with(tmp_path))
    with ThreadPoolExecutor(8) as many:
        for _ in range(200):
            many.submit(Tally(judge.file.parent).disagreed, judge)
    assert Tally(judge.file.parent).of(judge) == Count(disagreed=200)


def test_another_judge_by_the_same_rules_begins_at_nothing(tmp_path: Path) -> None:
    judges = judges_with(tmp_path)
    judges.tally.broke(only(judges))
    assert judges.counts()[0][1] == Count(broke=1)
    assert judges_with(tmp_path, STRICTER_ONE).counts()[0][1] == Count()


def test_a_count_that_cannot_be_read_or_kept_stops_nobody(tmp_path: Path) -> None:
    judges = judges_with(tmp_path)
    file = judges.shelf.folder / "en16931.tally"
    for broken in (b"", b"{", b"[]", b'{"sha256": "another"}'):
        file.write_bytes(broken)
        assert judges.tally.of(only(judges)) == Count()
    file.unlink()
    file.symlink_to(tmp_path / "elsewhere")
    with capture_logs() as said:
        judges.tally.disagreed(only(judges))
    assert [one["event"] for one in said] == ["the count of a judge could not be kept"]
    assert not (tmp_path / "elsewhere").exists()
