"""Every state and every event has words; amounts and dates read as a person writes them."""

import datetime
import inspect
import re
from decimal import Decimal
from importlib.resources import files

import pytest

from gateway.desk import resending, spelling, wording
from gateway.lifecycle import DeliveryState, Headline, Legal, Owner, Payment, Processing, Response
from gateway.pipeline import outcome, read, release
from gateway.signals import SIGNALS, effect_of
from gateway.store import documents, entry

TODAY = datetime.date(2026, 11, 12)
NOW = datetime.datetime(2026, 11, 12, 14, 30, 5, tzinfo=datetime.UTC)


def test_every_state_has_words() -> None:
    assert set(wording.STATUS) == set(Headline)
    assert set(wording.PROCESSING) == set(Processing)
    assert set(wording.DELIVERY) == {None, *DeliveryState}
    assert set(wording.RESPONSE) == set(Response)
    assert set(wording.PAYMENT) == {one.value for one in Payment}
    assert set(wording.LEGAL) == set(Legal)
    assert set(wording.OWNERS) == set(Owner)


def test_every_signal_ends_on_the_timeline_under_a_title_of_its_own() -> None:
    for signal in SIGNALS:
        effect = effect_of(signal)
        kind = f"delivery.{effect.delivery.value}" if effect.delivery else "delivery.note"
        assert wording.event_title(kind, effect) in {*wording.EVENTS.values(), *wording.ANSWERS.values()}, signal


def test_every_event_that_the_hops_write_has_a_title() -> None:
    source = "".join(inspect.getsource(one) for one in (outcome, read, release, documents, entry))
    written = set(re.findall(r'"((?:document|delivery)\.[a-z_]+)"', source))
    assert {"document.received", "document.resent", "delivery.fallback"} <= written
    assert written <= set(wording.EVENTS)
    assert {f"document.{one.value}" for one in Processing} - {"document.parsed"} <= {*wording.EVENTS}


def test_an_event_that_nobody_knows_is_called_by_its_own_name() -> None:
    title = wording.event_title("delivery.teleported_twice", None)
    assert (title.text, title.axis) == ("Teleported twice", "delivery")


def test_a_channel_of_a_plugin_is_called_by_its_own_name() -> None:
    assert wording.way("pigeon") == wording.Way("pigeon", "arrow-out", "the other side")
    assert wording.way(None) is wording.NO_WAY


def test_every_icon_that_is_named_is_drawn() -> None:
    sprite = (files("gateway.desk") / "static" / "sprite.svg").read_text("utf-8")
    drawn = set(re.findall(r'id="icon-([a-z-]+)"', sprite))
    titles = [*wording.EVENTS.values(), *wording.ANSWERS.values()]
    named = {one.icon for one in wording.STATUS.values()} | {one.icon for one in titles} | {wording.NO_WAY.icon}
    named |= {wording.way(one).icon for one in ("peppol", "sdi", "mail", "post", "other")}
    named |= {icon for _, icon in wording.ARTEFACTS.values()}
    for template in (files("gateway.desk") / "templates").iterdir():
        named |= set(re.findall(r'icon\("([a-z-]+)"', template.read_text("utf-8")))
    assert named <= drawn


FORBIDDEN = re.compile(r"\b(please|oops|failed to|invalid input|sent again successfully)\b", re.IGNORECASE)


def test_the_desk_blames_nobody_and_begs_for_nothing() -> None:
    sources = [one.read_text("utf-8") for one in (files("gateway.desk") / "templates").iterdir()]
    sources += [inspect.getsource(one) for one in (wording, resending)]
    for source in sources:
        assert FORBIDDEN.search(source) is None


@pytest.mark.parametrize(
    ("value", "currency", "written"),
    [
        ("7932.68", "EUR", "€7,932.68"),
        ("10", "EUR", "€10.00"),
        ("1.2345", "EUR", "€1.2345"),  # never rounded: the digits are the invoice's own
        ("100", "JPY", "¥100"),
        ("5", "KWD", "KWD\u00a05.000"),
        ("300", "SEK", "SEK\u00a0300.00"),
        ("-3", "EUR", "\u2212€3.00"),
        ("1E+40", "EUR", "€10,000,000,000,000,000,000,000,000,000,000,000,000,000.00"),
        ("5", "euro", "euro\u00a05.00"),
        ("5", None, "5.00"),
        ("0", "EUR", "€0.00"),
    ],
)
def test_amounts(value: str, currency: str | None, written: str) -> None:
    assert spelling.amount(Decimal(value), currency) == written


def test_no_amount_is_no_zero() -> None:
    assert spelling.amount(None, "EUR") == ""


@pytest.mark.parametrize(
    ("deadline", "written"),
    [
        (datetime.date(2026, 11, 15), "3 days left"),
        (datetime.date(2026, 11, 13), "1 day left"),
        (TODAY, "today"),
        (datetime.date(2026, 11, 10), "2 days late"),
    ],
)
def test_days_that_are_left(deadline: datetime.date, written: str) -> None:
    assert spelling.days_left(deadline, TODAY) == written


def test_days_and_times() -> None:
    yesterday, last_year = NOW - datetime.timedelta(days=1), NOW - datetime.timedelta(days=400)
    assert spelling.day_heading(TODAY, TODAY) == "Today, 12 November"
    assert spelling.day_heading(yesterday.date(), TODAY) == "Yesterday, 11 November"
    assert spelling.day_heading(last_year.date(), TODAY) == "Wednesday, 8 October 2025"
    assert (spelling.changed(NOW, NOW), spelling.changed(yesterday, NOW)) == ("14:30", "11 Nov")
    assert (spelling.since(NOW, NOW), spelling.since(last_year, NOW)) == ("14:30:05", "8 Oct 2025 14:30")
    assert spelling.weekday(datetime.date(2026, 11, 15)) == "Sunday 15 November"


@pytest.mark.parametrize(
    ("octets", "written"), [(0, "0 B"), (999, "999 B"), (6_800, "6.8 kB"), (84_000, "84 kB"), (1_400_000, "1.4 MB")]
)
def test_sizes(octets: int, written: str) -> None:
    assert spelling.size(octets) == written
