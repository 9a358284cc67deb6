"""What a test does with a small house: hand something in, let the hops run, look at the log."""

import datetime
from collections.abc import Callable

from channels.contract import Notice
from formats.en16931 import Invoice
from formats.ubl import FORMAT as UBL
from gateway.intake.receive import Door, Incoming, receive
from gateway.pipeline.dispatch import dispatch_waiting
from gateway.pipeline.prepare import prepare_waiting
from gateway.pipeline.read import read_waiting
from gateway.pipeline.release import Resend, resend
from gateway.retry import MOST_TRIES
from gateway.store import log
from gateway.store.log import Search, Whole
from gateway.store.submissions import Intake
from tests.pipeline.house import SENDER, TENANT, Killed, SmallHouse
from tests.samples import sample_invoice


def as_ubl(invoice: Invoice) -> bytes:
    """The invoice as a sender would send it."""
    assert UBL.write is not None
    return UBL.write(invoice).content


def submit(small: SmallHouse, content: bytes | None = None, name: str = "in.xml", key: str | None = None) -> Intake:
    """A file arrives at the API, a second after the one before."""
    house = small.house
    small.clock.let_pass(datetime.timedelta(seconds=1))
    door = Door(house.store, house.archive, house.clock, 1_000_000)
    content = content or as_ubl(sample_invoice())
    return receive(door, Incoming(TENANT, SENDER, "api", name, content, idempotency_key=key))


def submit_numbers(small: SmallHouse, *numbers: str) -> None:
    """One file an invoice, with these numbers."""
    for number in numbers:
        submit(small, as_ubl(sample_invoice(number=number)), f"{number[:20]}.xml")


def run_through(small: SmallHouse) -> None:
    """Each hop once, over the first way."""
    read_waiting(small.house, TENANT)
    prepare_waiting(small.house, TENANT)
    dispatch_waiting(small.house, TENANT, "obedient")


def settle(small: SmallHouse) -> None:
    """Workers come, work or die, and new ones come after their leases ran out, until there is nothing left to do."""
    hops = (
        lambda: read_waiting(small.house, TENANT),
        lambda: prepare_waiting(small.house, TENANT),
        lambda: dispatch_waiting(small.house, TENANT, "obedient"),
        lambda: dispatch_waiting(small.house, TENANT, "mail"),
    )
    quiet, lives = 0, 0
    while quiet <= MOST_TRIES:
        before = all_of(small)
        for hop in hops:
            while _works(hop):
                pass
        quiet = quiet + 1 if all_of(small) == before else 0
        lives += 1
        assert lives < 60, "there is no end to it"
        small.clock.let_pass(datetime.timedelta(seconds=small.house.work.lease + 1))


def _works(hop: Callable[[], int]) -> bool:
    """Whether there was something to do. A worker that died over it is replaced at once."""
    try:
        return bool(hop())
    except Killed:
        return True


def only(small: SmallHouse) -> Whole:
    """The one document that there is."""
    (found,) = all_of(small)
    return found


def all_of(small: SmallHouse) -> list[Whole]:
    """Every document, oldest first."""
    with small.house.store.of(TENANT) as transaction:
        found = [log.document(transaction, one.public_id) for one in log.search(transaction, Search()).documents]
    return [one for one in reversed(found) if one is not None]


def by_number(small: SmallHouse) -> dict[str | None, Whole]:
    """Every document by its number."""
    return {one.document.number: one for one in all_of(small)}


def notice(small: SmallHouse, signal: str, key: str = "n1", text: str = "") -> Notice:
    """What the other side says about the first delivery of the one document."""
    (delivery,) = only(small).deliveries[:1]
    return Notice(key, delivery.key, "", signal, None, "", text, b"raw " + signal.encode(), "text/plain")


def again(small: SmallHouse, whole: Whole | None = None) -> str:
    """Support sets a document going again."""
    chosen = (whole or only(small)).document.public_id
    with small.house.store.of(TENANT) as transaction:
        return resend(transaction, Resend(chosen, "anna@support.example", "looked at it"), small.clock.now())
