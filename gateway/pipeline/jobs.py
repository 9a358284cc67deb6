"""The hops as jobs of the engine (Procrastinate): a job names a task and a tenant, and claims its rows itself."""

import asyncio
import contextlib
import signal
import threading
import uuid
from collections.abc import Callable
from typing import Final

import procrastinate
import structlog
from procrastinate import PsycopgConnector
from procrastinate.jobs import Status

from gateway.errors import DatabaseUnavailable
from gateway.pipeline import absorb, clockwork, dispatch, prepare, read, timers
from gateway.pipeline.house import House
from gateway.store.session import APPLICATION_ROLE, in_our_words
from gateway.store.wakeups import QUEUE

log = structlog.get_logger()

Job = Callable[[uuid.UUID], int]

# Seconds between two looks whether to stop, and between two questions to a database that does not answer.
_PAUSE: Final = 0.2


def jobs_of(house: House) -> dict[str, Job]:
    """Every task by its name: `read`, `prepare`, `timers`, `dispatch.<channel>`, `collect.<channel>`."""
    jobs: dict[str, Job] = {
        "read": lambda tenant: read.read_waiting(house, tenant),
        "prepare": lambda tenant: prepare.prepare_waiting(house, tenant),
        "timers": lambda tenant: timers.run_timers(house, tenant),
    }
    for channel in house.channels:
        jobs[f"dispatch.{channel}"] = _dispatching(house, channel)
        jobs[f"collect.{channel}"] = _collecting(house, channel)
    return jobs


def _dispatching(house: House, channel: str) -> Job:
    return lambda tenant: dispatch.dispatch_waiting(house, tenant, channel)


def _collecting(house: House, channel: str) -> Job:
    return lambda tenant: absorb.collect_notices(house, tenant, channel)


def engine(house: House, url: str) -> procrastinate.App:
    """The engine with all tasks, connected to the database as the application role."""
    connector = PsycopgConnector(
        conninfo=url, kwargs={"options": f"-c role={APPLICATION_ROLE}"}, min_size=1, max_size=house.work.concurrency + 2
    )
    app = procrastinate.App(connector=connector)
    for name, job in jobs_of(house).items():
        app.task(name=name, queue=QUEUE)(_taking_text(job))
    return app


def _taking_text(job: Job) -> Callable[[str], None]:
    def run(tenant: str) -> None:
        job(uuid.UUID(tenant))

    return run


def work(house: House, url: str, stop: threading.Event | None = None) -> None:
    """Work until the process is told to stop (SIGINT, SIGTERM), or until `stop` is set.

    A database that goes away is waited for: what was in hand comes back by its lease, the rest by the clockwork.
    """
    stop = stop or _told_by_signal()
    ticking = threading.Event()
    looking = threading.Thread(
        target=clockwork.run, args=(house, tuple(house.channels), ticking), name="clockwork", daemon=True
    )
    looking.start()
    try:
        while _database_answers(house, stop):
            try:
                with in_our_words():
                    asyncio.run(_run(engine(house, url), house.work.concurrency, stop))
            except DatabaseUnavailable as error:
                log.warning("the worker lost its database", reason=str(error))
    finally:
        ticking.set()
        looking.join()
    log.info("the worker stops")


def _told_by_signal() -> threading.Event:
    told = threading.Event()
    for one in (signal.SIGINT, signal.SIGTERM):
        signal.signal(one, lambda *_: told.set())
    return told


def _database_answers(house: House, stop: threading.Event) -> bool:
    """Whether to work: waits until the database answers; False when told to stop meanwhile."""
    while not stop.is_set():
        try:
            with house.store.across():
                return True
        except DatabaseUnavailable as error:
            log.warning("the worker waits for the database", reason=str(error))
            stop.wait(max(house.work.tick, _PAUSE))
    return False


async def _run(app: procrastinate.App, concurrency: int, stop: threading.Event) -> None:
    """Work until told to stop, or until the engine ends because its database is gone."""
    async with app.open_async():
        await _forget_the_jobs_of_the_dead(app)
        worker = asyncio.ensure_future(
            app.run_worker_async(
                queues=[QUEUE],
                concurrency=concurrency,
                install_signal_handlers=False,
                delete_jobs="always",
                shutdown_graceful_timeout=30,
            )
        )
        while not stop.is_set() and not worker.done():
            await asyncio.wait([worker], timeout=_PAUSE)
        worker.cancel()
        # Cancelled, it ends what it has begun.
        with contextlib.suppress(asyncio.CancelledError):
            await worker


async def _forget_the_jobs_of_the_dead(app: procrastinate.App) -> None:
    """What a killed worker had begun stays marked as begun; its rows have come back by their leases long since."""
    for job in await app.job_manager.get_stalled_jobs():
        await app.job_manager.finish_job(job, Status.FAILED, delete_job=True)
