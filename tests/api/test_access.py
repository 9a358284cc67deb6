"""Keys: who gets in, who does not, and that nobody learns more than that."""

import datetime

import pytest

from gateway.ids import hash_of_token
from gateway.intake.accounts import add_key
from gateway.store import access
from tests.api.conftest import Api, as_ubl
from tests.clocks import NOON

HOUR = datetime.timedelta(hours=1)
NEVER_MADE = "gw_7KQ2M9TX_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"


def new_key(api: Api, **given: datetime.datetime) -> str:
    with api.small.house.store.of(api.tenant) as transaction:
        return add_key(transaction, api.sender, "another", NOON, **given).text


def test_a_key_that_is_in_force_comes_in(calm: Api) -> None:
    assert calm.get("/v1/documents").status_code == 200


@pytest.mark.parametrize(
    "authorization",
    [
        f"Bearer {NEVER_MADE}",
        "Bearer gw_7KQ2M9TX_",  # nothing behind the part that finds it
        "Bearer gw_\x7fKQ2M9TX_x",  # no letter of ours
        "Bearer x",
        "Bearer",
        "Basic Z3c6Z3c=",
        "gw_7KQ2M9TX_x",
        "",
    ],
)
def test_what_is_no_key_in_force_is_refused_in_the_way_of_http(calm: Api, authorization: str) -> None:
    answer = calm.get("/v1/documents", key="", headers={"Authorization": authorization})
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"
    assert answer.json()["code"] == "access-refused"


def test_a_wrong_secret_behind_a_right_beginning_is_refused(calm: Api) -> None:
    changed = calm.own[:-1] + ("A" if calm.own[-1] != "A" else "B")
    assert calm.get("/v1/documents", key=changed).status_code == 401


def test_a_key_ends_at_its_hour(api: Api) -> None:
    key = new_key(api, expires_at=NOON + HOUR)
    assert api.get("/v1/documents", key=key).status_code == 200
    api.small.clock.let_pass(HOUR)
    assert api.get("/v1/documents", key=key).status_code == 401


def test_a_revoked_key_ends_at_once(api: Api) -> None:
    key = new_key(api)
    with api.small.house.store.of(api.tenant) as transaction:
        assert access.revoke_api_key(transaction, key[:11], NOON)
    assert api.get("/v1/documents", key=key).status_code == 401


def test_whatever_is_wrong_with_a_key_the_answer_is_the_same(api: Api) -> None:
    expired = new_key(api, expires_at=NOON)
    told = {api.get("/v1/documents", key=key).json()["detail"] for key in (expired, NEVER_MADE, api.own[:-2] + "__")}
    assert len(told) == 1


def test_two_keys_with_the_same_visible_part_are_told_apart(api: Api) -> None:
    """Forty bits may meet: the visible part finds candidates, the whole key decides."""
    other = new_key(api)
    prefix = api.own[:11]
    with api.small.house.store.of(api.foreign_tenant) as transaction:
        (sender,) = [one.sender_id for one in access.api_keys(transaction, api.foreign[:11])]
        twin = add_key(transaction, sender, "twin", NOON)
        text = prefix + twin.text[11:]
        access.add_api_key(
            transaction, sender_id=sender, name="met", prefix=prefix, token_hash=hash_of_token(text), now=NOON
        )
    api.submit(as_ubl())
    assert len(api.get("/v1/submissions", key=api.own).json()["submissions"]) == 1
    assert api.get("/v1/submissions", key=text).json()["submissions"] == []
    assert api.get("/v1/submissions", key=other).status_code == 200


def test_nothing_of_a_body_is_read_before_the_key_is_good(calm: Api) -> None:
    """The answer comes while the caller still waits with its body: a stranger takes no memory of ours."""
    for method, path in (("POST", "/v1/submissions"), ("PUT", "/v1/recipients/x"), ("PUT", "/v1/rules")):
        answer = calm.ask(method, path, NEVER_MADE, content=iter([b"x" * 10]))
        assert answer.status_code == 401
