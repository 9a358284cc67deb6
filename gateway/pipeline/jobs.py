"""The hops as jobs of the engine (Procrastinate): a job names a task and a tenant, and claims its rows itself."""

import asyncio
import threading
import uuid
from collections.abc import Callable

import procrastinate
import structlog
from procrastinate import PsycopgConnector

from gateway.pipeline import absorb, clockwork, dispatch, prepare, read, timers
from gateway.pipeline.house import House
from gateway.store.session import APPLICATION_ROLE
from gateway.store.wakeups import QUEUE

log = structlog.get_logger()

Job = Callable[[uuid.UUID], int]


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
    """Work until the process is told to stop (SIGINT, SIGTERM), or until `stop` is set."""
    ticking = threading.Event()
    looking = threading.Thread(
        target=clockwork.run, args=(house, tuple(house.channels), ticking), name="clockwork", daemon=True
    )
    looking.start()
    try:
        asyncio.run(_run(engine(house, url), house.work.concurrency, stop))
    finally:
        ticking.set()
        looking.join()


async def _run(app: procrastinate.App, concurrency: int, stop: threading.Event | None) -> None:
    async with app.open_async():
        worker = asyncio.ensure_future(
            app.run_worker_async(
                queues=[QUEUE],
                concurrency=concurrency,
                install_signal_handlers=stop is None,
                delete_jobs="always",
                shutdown_graceful_timeout=30,
            )
        )
        if stop is not None:
            await asyncio.to_thread(stop.wait)
            worker.cancel()
        try:
            await worker
        except asyncio.CancelledError:
            log.info("the worker stops")
