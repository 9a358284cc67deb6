"""Figures about the doors, for Prometheus: how many calls, how long they took, what came in. Nothing of any tenant."""

from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from typing import Final

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import CounterMetricFamily, Metric
from prometheus_client.registry import Collector

from gateway.judges import Artefact, Count
from gateway.store.submissions import Intake

MEDIA_TYPE: Final = CONTENT_TYPE_LATEST
_METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"})
_SECONDS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)


class _Judges(Collector):
    """The counts of the judges, as they stand when Prometheus asks."""

    def __init__(self, judges: Callable[[], Sequence[tuple[Artefact, Count]]]) -> None:
        self._judges = judges

    def collect(self) -> Iterator[Metric]:
        """One row a judge in each of two families."""
        labels = ("rules", "judge")
        disagreed = CounterMetricFamily(
            "gateway_judge_disagreements", "Documents on which a judge differs.", None, labels
        )
        broke = CounterMetricFamily(
            "gateway_judge_breakdowns", "Documents over which a judge broke down.", None, labels
        )
        for one, count in self._judges():
            disagreed.add_metric((one.rules, one.mark), count.disagreed)
            broke.add_metric((one.rules, one.mark), count.broke)
        yield from (disagreed, broke)


class Figures:
    """The figures of one application."""

    def __init__(self, judges: Callable[[], Sequence[tuple[Artefact, Count]]] = tuple) -> None:
        """judges: those that are installed, with what all processes of the installation have counted of them."""
        self._registry = CollectorRegistry()
        self._registry.register(_Judges(judges))
        self._calls = Histogram(
            "gateway_http_request_duration_seconds",
            "Time from a call to its answer.",
            ("method", "route", "status"),
            registry=self._registry,
            buckets=_SECONDS,
        )
        self._submissions = Counter(
            "gateway_submissions", "Files submitted over the API, by answer.", ("answer",), registry=self._registry
        )
        self._bytes = Counter("gateway_submitted_bytes", "Bytes of these files.", registry=self._registry)

    def answered(self, method: str, route: str, status: int, took: timedelta) -> None:
        """One call was answered. route: its pattern, never its address: there are as many as there are routes."""
        known = method if method in _METHODS else "other"
        self._calls.labels(known, route, str(status)).observe(took.total_seconds())

    def submitted(self, intake: Intake, size: int) -> None:
        """One file was taken in, or repeated an earlier one."""
        self._submissions.labels(intake.taken.value).inc()
        self._bytes.inc(size)

    def text(self) -> bytes:
        """All of them, as Prometheus reads them."""
        return generate_latest(self._registry)
