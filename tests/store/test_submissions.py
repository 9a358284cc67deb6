"""The same bytes, the same key, the same key with other bytes: three answers, and never a second submission."""

import datetime
import threading
import uuid
from collections.abc import Iterator

import pytest
from sqlalchemy import text

from gateway.store import parties, submissions
from gateway.store.records import Sender
from gateway.store.session import Store, open_store
from gateway.store.submissions import Arrival, Intake, Taken

NOW = datetime.datetime(2026, 3, 1, 12, tzinfo=datetime.UTC)
TENANT, SENDER = uuid.UUID(int=1), uuid.UUID(int=2)
LEASE = datetime.timedelta(seconds=60)


@pytest.fixture
def store(gateway_database: str) -> Iterator[Store]:
    opened = open_store(gateway_database, connections=8)
    with opened.of(TENANT) as transaction:
        parties.add_tenant(transaction, TENANT, "North", NOW)
        parties.add_sender(transaction, Sender(TENANT, SENDER, "erp", {}), NOW)
    yield opened
    opened.close()


def arrival(number: int, sha256: str = "aa", key: str | None = None) -> Arrival:
    return Arrival(uuid.UUID(int=number), SENDER, "api", "in.xml", sha256, 3, key)


def take(store: Store, one: Arrival) -> Intake:
    with store.of(TENANT) as transaction:
        return submissions.take_in(transaction, one, NOW)


def test_a_new_file_is_accepted_and_a_job_waits_for_it(store: Store) -> None:
    assert take(store, arrival(10)) == Intake(Taken.ACCEPTED, uuid.UUID(int=10))
    with store.across() as transaction:
        jobs = transaction.session.execute(text("select task_name, args from procrastinate_jobs")).all()
    assert jobs == [("read", {"tenant": str(TENANT)})]


def test_two_files_need_one_job(store: Store) -> None:
    take(store, arrival(10, "aa"))
    take(store, arrival(11, "bb"))
    with store.across() as transaction:
        assert transaction.session.execute(text("select count(*) from procrastinate_jobs")).scalar() == 1


def test_the_same_bytes_again_are_a_duplicate_of_the_first(store: Store) -> None:
    take(store, arrival(10))
    assert take(store, arrival(11)) == Intake(Taken.SAME_BYTES, uuid.UUID(int=11), uuid.UUID(int=10))
    assert take(store, arrival(12)).original_id == uuid.UUID(int=10)


def test_the_same_key_and_bytes_are_answered_with_the_first_submission(store: Store) -> None:
    take(store, arrival(10, key="k"))
    assert take(store, arrival(11, key="k")) == Intake(Taken.SAME_KEY, uuid.UUID(int=10), uuid.UUID(int=10))


def test_the_same_key_with_other_bytes_is_a_conflict(store: Store) -> None:
    take(store, arrival(10, "aa", "k"))
    assert take(store, arrival(11, "bb", "k")).taken is Taken.KEY_CONFLICT


def test_the_same_file_from_many_sessions_at_once_is_accepted_once(store: Store) -> None:
    taken: list[Taken] = []

    def submit(number: int) -> None:
        taken.append(take(store, arrival(number)).taken)

    threads = [threading.Thread(target=submit, args=(number,)) for number in range(20, 28)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(taken) == sorted([Taken.ACCEPTED] + [Taken.SAME_BYTES] * 7)


def test_a_claimed_submission_comes_back_when_its_lease_runs_out(store: Store) -> None:
    take(store, arrival(10))
    with store.of(TENANT) as transaction:
        assert [one.tries for one in submissions.claim_received(transaction, 5, NOW, LEASE)] == [1]
    with store.of(TENANT) as transaction:
        assert submissions.claim_received(transaction, 5, NOW + LEASE / 2, LEASE) == ()
    with store.of(TENANT) as transaction:
        assert [one.tries for one in submissions.claim_received(transaction, 5, NOW + 2 * LEASE, LEASE)] == [2]


def test_two_transactions_that_wake_the_same_job_at_once_both_commit(store: Store) -> None:
    """The first one's job is not visible to the second before it commits: the second waits, and then does without."""
    second_may_go, second_has_asked = threading.Event(), threading.Event()
    session = store.wakeups

    def second() -> None:
        second_may_go.wait(10)
        with store.of(TENANT) as transaction:
            submissions.take_in(transaction, arrival(11, "bb"), NOW)
            second_has_asked.set()

    thread = threading.Thread(target=second)
    thread.start()
    with store.of(TENANT) as transaction:
        submissions.take_in(transaction, arrival(10, "aa"), NOW)
        session.ensure(transaction.session, "read", TENANT)
        second_may_go.set()
        second_has_asked.wait(10)
    thread.join(10)
    with store.of(TENANT) as transaction:
        assert len(submissions.claim_received(transaction, 5, NOW, LEASE)) == 2
