"""Rows that are put in together, and connections that went away while nobody used them."""

import uuid
from collections.abc import Iterator

import psycopg
import pytest
from sqlalchemy import text

from gateway.lifecycle import Processing
from gateway.store import entry, events, log, parties, submissions
from gateway.store.records import Happening, NewDocument, Sender
from gateway.store.session import Store, open_store
from gateway.store.submissions import Arrival
from tests.clocks import NOON

TENANT, SENDER, SUBMISSION = uuid.UUID(int=1), uuid.UUID(int=2), uuid.UUID(int=3)


@pytest.fixture
def store(gateway_database: str) -> Iterator[Store]:
    opened = open_store(gateway_database, connections=2)
    with opened.of(TENANT) as transaction:
        parties.add_tenant(transaction, TENANT, "North", NOON)
        parties.add_sender(transaction, Sender(TENANT, SENDER, "ERP", {}), NOON)
    yield opened
    opened.close()


def test_rows_that_are_put_in_together_keep_their_order_and_every_character(store: Store) -> None:
    sentences = [f"{number}: 'quoted', \"twice\", \\back, %s, :name, €, \U0001f4c4" for number in range(120)]
    with store.of(TENANT) as transaction:
        events.record(transaction, [Happening("test", one, data={"said": [one]}) for one in sentences], NOON)
    with store.of(TENANT) as transaction:
        found = log.events_of(transaction)
    assert [one.sentence for one in found] == sentences
    assert [one.data for one in found] == [{"said": [one]} for one in sentences]
    assert {one.at for one in found} == {NOON}


def test_what_a_row_does_not_say_has_the_default_of_its_table(store: Store) -> None:
    document = NewDocument(
        id=uuid.UUID(int=4),
        public_id="d-00000004",
        submission_id=SUBMISSION,
        sender_id=SENDER,
        position=1,
        processing=Processing.CHECKED,
        evidence="0" * 64,
        where="",
    )
    with store.of(TENANT) as transaction:
        submissions.take_in(transaction, Arrival(SUBMISSION, SENDER, "test", "a.xml", "0" * 64, 1), NOON)
        entry.add(transaction, [document], NOON)
    with store.of(TENANT) as transaction:
        found = log.document(transaction, "d-00000004")
    assert found is not None
    assert (found.document.because, found.document.channel, found.document.payment) == ("", None, "not_due")


def test_rows_that_name_different_columns_lose_nothing_to_each_other(store: Store) -> None:
    """A file that nobody can read comes first, an invoice second, and another such file last."""
    heads: list[dict[str, object]] = [{}, {"number": "R-1", "buyer_name": "South", "currency": "EUR"}, {}]
    added = [
        NewDocument(
            id=uuid.UUID(int=position),
            public_id=f"d-0000000{position}",
            submission_id=SUBMISSION,
            sender_id=SENDER,
            position=position,
            processing=Processing.CHECKED if head else Processing.QUARANTINED,
            evidence="0" * 64,
            where="",
            head=head,
        )
        for position, head in enumerate(heads, 1)
    ]
    with store.of(TENANT) as transaction:
        submissions.take_in(transaction, Arrival(SUBMISSION, SENDER, "test", "a.xml", "0" * 64, 1), NOON)
        entry.add(transaction, added, NOON)
    with store.of(TENANT) as transaction:
        found = [log.document(transaction, one.public_id) for one in added]
    shown = [(one.document.number, one.document.buyer_name, one.document.currency) for one in found if one is not None]
    assert shown == [(None, None, None), ("R-1", "South", "EUR"), (None, None, None)]


def test_a_connection_that_was_cut_while_it_lay_idle_is_replaced(store: Store, gateway_database: str) -> None:
    with store.of(TENANT) as transaction:
        backend = transaction.session.execute(text("select pg_backend_pid()")).scalar_one()
    with psycopg.connect(gateway_database, autocommit=True) as operator:
        gone = operator.execute("select pg_terminate_backend(%s, 10000)", [backend]).fetchone()
    assert gone == (True,)
    with store.of(TENANT) as transaction:
        assert transaction.session.execute(text("select pg_backend_pid()")).scalar_one() != backend
        assert parties.sender(transaction, SENDER).name == "ERP"
