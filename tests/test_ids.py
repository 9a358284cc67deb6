"""Ids: unique, sortable where rows want it, readable where people do, and made of nothing that can be guessed."""

import datetime
import re
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway import ids
from tests.clocks import NOON

FIRST = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)
MOMENTS = st.timedeltas(datetime.timedelta(), datetime.timedelta(days=365 * 8000)).map(lambda since: FIRST + since)
LATER = st.timedeltas(datetime.timedelta(microseconds=1), datetime.timedelta(days=400))


def zeros(count: int) -> bytes:
    return bytes(count)


def ones(count: int) -> bytes:
    return b"\xff" * count


@given(MOMENTS)
def test_a_row_id_is_a_uuid_of_version_7_whatever_chance_says(now: datetime.datetime) -> None:
    for chance in (zeros, ones):
        made = ids.row_id(now, chance)
        assert (made.version, made.variant) == (7, "specified in RFC 4122")
        assert made.int >> 80 == (now - FIRST) // datetime.timedelta(milliseconds=1)


@given(MOMENTS, LATER)
def test_a_later_row_id_sorts_after_an_earlier_one(now: datetime.datetime, later: datetime.timedelta) -> None:
    assert ids.row_id(now, ones) < ids.row_id(now + later, zeros)


def test_a_row_id_of_another_time_zone_is_that_of_the_same_moment() -> None:
    rome = NOON.astimezone(datetime.timezone(datetime.timedelta(hours=1)))
    assert ids.row_id(rome, zeros) == ids.row_id(NOON, zeros)


def test_ten_thousand_ids_of_one_moment_differ() -> None:
    assert len({ids.row_id(NOON) for _ in range(10_000)}) == 10_000


def test_a_public_id_has_no_letter_that_is_misread() -> None:
    made = [ids.public_id("d") for _ in range(2_000)]
    assert all(re.fullmatch(r"d-[0-9A-Z]{8}", one) for one in made)
    used = set("".join(one[2:] for one in made))
    assert used == set(string.digits + string.ascii_uppercase) - set("ILOU")


@pytest.mark.parametrize(
    "typed",
    [
        "d-01AB10TX",  # as printed
        " D-o1ab1otx\n",  # small letters, O for 0
        "d-OiabL0TX",  # I and L for 1
    ],
)
def test_a_public_id_is_found_as_a_person_types_it(typed: str) -> None:
    assert ids.read_public_id(typed) == "d-01AB10TX"


def test_an_api_token_is_found_by_its_prefix_and_kept_as_a_hash() -> None:
    token = ids.api_token()
    assert re.fullmatch(r"gw_[0-9A-Z]{8}_[A-Za-z0-9_-]{43}", token.text)
    assert ids.token_prefix(token.text) == token.prefix
    assert ids.hash_of_token(token.text) == token.hash
    assert token.text not in repr(token)


@pytest.mark.parametrize("stranger", ["", "gw_", "gw_SHORT_x", "sk_7KQ2M9TX_abc", "Bearer gw"])
def test_what_is_no_token_of_ours_has_no_prefix(stranger: str) -> None:
    assert ids.token_prefix(stranger) is None


def test_a_message_key_is_a_random_uuid_in_small_letters() -> None:
    keys = {ids.message_key() for _ in range(1_000)}
    assert len(keys) == 1_000
    assert all(
        re.fullmatch(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", key) for key in keys
    )


def test_a_share_lies_between_nothing_and_all() -> None:
    shares = [ids.share() for _ in range(1_000)]
    assert 0 <= min(shares) < 0.1
    assert 0.9 < max(shares) < 1
