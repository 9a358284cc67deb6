"""kill -9 of a real worker at every commit and every send: nothing is lost, nothing is delivered twice.

A worker ends itself at one point (`tests.crash.points`). Then comes one that nothing happens to, and works until there
is nothing left to do. The runs share nothing but the server; a few of them go on at once, because each of them waits
for a lease.
"""

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pytest

from gateway.lifecycle import DeliveryState, Headline
from tests.crash.invariants import check, events_of
from tests.crash.scene import WAYS, Prepared, Scene, scene

# Where a worker dies. Both sides of every commit of every hop, and of the sending over every channel; one side where
# the other is the same moment (a parcel that was claimed is about to be sent).
WHILE_UNREAD = (
    "before the commit of read read waiting",
    "after the commit of read read waiting",
    "after the archiving of read write",
    "before the commit of read write once",
    "after the commit of read write once",
    "before the commit of prepare prepare waiting",
    "after the commit of prepare prepare waiting",
    "before the commit of prepare progressive",
    "after the commit of prepare progressive",
    "after the archiving of prepare write",
    "before the commit of prepare write",
    "after the commit of prepare write",
    "before the commit of clockwork look once",
    "after the job prepare",
)
WHILE_PACKED = (
    *(
        f"{side} the send over {channel}"
        for channel in ("peppol", "sdi", "mail", "post")
        for side in ("before", "after")
    ),
    *(
        f"{side} the commit of dispatch write {channel}"
        for channel in ("peppol", "sdi", "mail", "post")
        for side in ("before", "after")
    ),
    "before the job dispatch.mail",
    "before the commit of dispatch claim peppol",
    "after the commit of dispatch claim peppol",
    "before the commit of dispatch claim mail",
    "after the archiving of dispatch archived sdi",
    "before the commit of dispatch tell breakers mail",
    "after the commit of dispatch tell breakers post",
    "after the job dispatch.sdi",
    "before the commit of absorb collect notices peppol",
    "after the commit of absorb collect notices post",
    "after the archiving of absorb absorb post",
    "before the commit of absorb absorb peppol",
    "after the commit of absorb absorb peppol",
    "before the commit of absorb absorb post",
    "after the commit of absorb absorb post",
    "before the commit of timers run timers",
    "after the commit of timers run timers",
)
POINTS = [*(("unread", point) for point in WHILE_UNREAD), *(("packed", point) for point in WHILE_PACKED)]
AT_ONCE = 3
# What a commit only ends, because nothing was written: a kill there is a kill before or after it.
ONLY_READ = {"the commit of addressing addressed", "the commit of jobs database answers"}

Point = tuple[str, str]


@pytest.fixture(scope="module")
def crashes(
    request: pytest.FixtureRequest, prepared: Prepared, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[Point, Future[None]]]:
    """Every run that was asked for, begun."""
    folder = tmp_path_factory.mktemp("kills")
    own = [
        item for item in request.session.items if isinstance(item, pytest.Function) and item.module is request.module
    ]
    ids = {point: (stage, point) for stage, point in POINTS}
    chosen = [ids[item.callspec.id] for item in own if hasattr(item, "callspec")]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        yield {point: pool.submit(crash, prepared, folder / str(number), point) for number, point in enumerate(chosen)}


def crash(prepared: Prepared, folder: Path, point: Point) -> None:
    """One worker dies at the point, another one does the rest."""
    stage, end = point
    with scene(prepared, folder, stage) as run:
        worker = run.start(end=end, concurrency=1)
        run.wait(lambda: worker.ends_within(0), f"the end of the worker {end}")
        assert worker.journal[-1] == end, worker.log[-2000:]
        before = events_of(run)
        run.drain()
        check(run, before)
        doubt_is_only_about_what_was_in_hand(run, end)


def doubt_is_only_about_what_was_in_hand(run: Scene, end: str) -> None:
    """All the others are delivered; so is what was in hand, where its receiver knows a repeat or tells by a notice."""
    for whole in run.documents():
        if whole.document.headline in (Headline.DELIVERED, Headline.ACCEPTED):
            continue
        last = whole.deliveries[-1]
        assert last.state is DeliveryState.OUTCOME_UNKNOWN
        assert last.channel in ("mail", "sdi")
        assert last.channel in end, f"{whole.document.number} is in doubt"


@pytest.mark.slow
@pytest.mark.parametrize("point", POINTS, ids=[point for _, point in POINTS])
def test_a_worker_that_is_killed(crashes: dict[Point, Future[None]], point: Point) -> None:
    crashes[point].result()


def kind(point: str) -> str:
    """A point without its side and its channel."""
    channels = {channel for ways in WAYS.values() for channel in ways}
    return " ".join(word for word in point.split()[1:] if word not in channels)


def test_every_commit_and_every_send_is_among_the_points(unread: Scene) -> None:
    """A hop that gets a new commit gets its kill: this fails until it stands above."""
    unread.drain()
    check(unread)
    passed = {kind(point) for point in unread.journal if kind(point).startswith(("the commit", "the send"))}
    assert passed - {kind(point) for _, point in POINTS} - ONLY_READ == set()
