"""Who comes in at the desk and who does not: cookies, forms, guesses, ends of sessions."""

import datetime
import re
import uuid
from collections.abc import Iterator

import httpx
import pytest
from sqlalchemy import text

from gateway.ids import hash_of_token
from gateway.settings import ApiSettings
from gateway.store import access
from gateway.store.session import Store
from tests.desk.conftest import BusyTown
from tests.desk.house import (
    MIRA,
    NOOR,
    OTHER_TENANT,
    PASSWORD,
    Town,
    Visitor,
    desk_app,
    form_token,
    other_tenant,
    person,
    serving,
)
from tests.pipeline.house import TENANT

REFUSED = "The e-mail address and the password don&#39;t belong together."


@pytest.fixture
def stranger(busy: BusyTown) -> Iterator[Visitor]:
    with busy.town.visitor() as visitor:
        yield visitor


def test_whoever_is_not_signed_in_is_shown_the_form_and_then_the_page_that_was_wanted(quiet: Town) -> None:
    with quiet.visitor() as visitor:
        turned = visitor.get("documents", status="action", q="Grün")
        assert turned.status_code == 303
        form = visitor.client.get(turned.headers["location"])
        wanted = re.search(r'name="next" value="([^"]+)"', form.text)
        assert wanted is not None
        came_in = visitor.sign_in(next=wanted[1].replace("&amp;", "&"))
        assert came_in.headers["location"] == "/desk/documents?status=action&q=Gr%C3%BCn"
        assert visitor.client.get(came_in.headers["location"]).status_code == 200


@pytest.mark.parametrize(
    ("email", "password"),
    [
        (MIRA, "not her password"),
        ("nobody@support.example", PASSWORD),  # no such account
        ("left@support.example", PASSWORD),  # an account that was closed
        (MIRA, ""),
        ("", PASSWORD),
        (MIRA, "x" * 5_000),  # longer than any password
        (f"{MIRA}\0", "\0"),
    ],
)
def test_whoever_guesses_gets_the_same_answer_whatever_is_wrong(
    quiet: Town, store: Store, email: str, password: str
) -> None:
    person(store, TENANT, "left@support.example", "Left", quiet.house.clock.now())
    with store.of(TENANT) as transaction:
        transaction.session.execute(text("update desk_user set disabled_at = now() where email like 'left@%'"))
    with quiet.visitor() as visitor:
        answer = visitor.sign_in(email, password)
        assert answer.status_code == 401
        assert REFUSED in answer.text
        assert "set-cookie" not in {name for name, value in answer.headers.multi_items() if value.startswith("desk=")}
        assert visitor.get("documents").status_code == 303


def test_an_address_is_known_whatever_its_letters(stranger: Visitor) -> None:
    assert stranger.sign_in(f"  {MIRA.upper()} ").status_code == 303


def test_an_unknown_address_costs_as_many_verifications_as_a_known_one(
    quiet: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    verified: list[str] = []

    def note(password_hash: str, password: str) -> bool:
        verified.append(password)
        return False

    monkeypatch.setattr("gateway.desk.sign_in.verify_password", note)
    with quiet.visitor() as visitor:
        visitor.sign_in(MIRA, "one")
        visitor.sign_in("nobody@support.example", "two")
    assert verified == ["one", "two"]


def test_too_many_tries_have_to_wait_and_the_right_password_then_comes_in(quiet: Town) -> None:
    with quiet.visitor() as visitor:
        answers = [visitor.sign_in(MIRA, f"guess {number}").status_code for number in range(9)]
        assert answers == [401] * 8 + [429]
        waiting = visitor.sign_in()
        assert waiting.status_code == 429
        assert "Sign in again in 15 minutes." in waiting.text
        quiet.let_pass(datetime.timedelta(minutes=16))
        assert visitor.sign_in().status_code == 303


def test_an_unknown_address_has_to_wait_after_as_many_tries(quiet: Town) -> None:
    with quiet.visitor() as visitor:
        answers = [visitor.sign_in("nobody@support.example", "guess").status_code for _ in range(9)]
    assert answers == [401] * 8 + [429]


def test_an_address_that_tries_a_list_of_accounts_has_to_wait(quiet: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gateway.desk.sign_in.verify_password", lambda password_hash, password: False)
    with quiet.visitor() as visitor:
        answers = [visitor.sign_in(f"{number}@support.example", "guess").status_code for number in range(61)]
    assert answers == [401] * 60 + [429]


def test_the_tries_of_a_person_who_came_in_are_forgotten(quiet: Town) -> None:
    with quiet.visitor() as visitor:
        for _ in range(3):
            for number in range(7):
                assert visitor.sign_in(MIRA, f"guess {number}").status_code == 401
            assert visitor.sign_in().status_code == 303
            visitor.client.cookies.clear()


def test_the_session_is_new_at_each_sign_in_and_kept_as_a_hash(quiet: Town, store: Store) -> None:
    with quiet.visitor() as visitor:
        visitor.client.cookies.set("desk", "chosen-by-somebody-else")
        visitor.sign_in()
        tokens = {value for value in visitor.client.cookies.jar if value.name == "desk" and value.value}
        token = next(one.value for one in tokens if one.value != "chosen-by-somebody-else")
    assert token is not None
    with store.across() as transaction:
        assert access.session_owner(transaction, hash_of_token(token), quiet.house.clock.now()) is not None
        assert access.session_owner(transaction, token, quiet.house.clock.now()) is None


def test_signing_out_ends_the_session_on_our_side_too(quiet: Town) -> None:
    with quiet.mira() as mira:
        kept = mira.client.cookies["desk"]
        assert mira.post("logout", {"form_token": mira.token_on("documents")}).headers["location"] == "/desk/login"
        assert "desk" not in mira.client.cookies
        mira.client.cookies.set("desk", kept)
        assert mira.get("documents").status_code == 303


def test_a_session_ends_by_itself(quiet: Town) -> None:
    with quiet.mira() as mira:
        quiet.let_pass(datetime.timedelta(hours=11))
        assert mira.get("documents").status_code == 200
        quiet.let_pass(datetime.timedelta(hours=2))
        assert mira.get("documents").status_code == 303


def test_a_person_whose_account_is_closed_is_out_at_once(quiet: Town, store: Store) -> None:
    with quiet.mira() as mira:
        with store.of(TENANT) as transaction:
            transaction.session.execute(text("update desk_user set disabled_at = now()"))
        assert mira.get("documents").status_code == 303


def test_whoever_is_signed_in_needs_no_form(quiet: Town) -> None:
    with quiet.mira() as mira:
        assert mira.get("login").headers["location"] == "/desk/documents"


@pytest.mark.parametrize(
    "path",
    [
        "https://evil.example/desk/documents",
        "//evil.example/desk/documents",
        "/desk//evil.example",
        "/desk/documents\\..\\..\\evil",
        "/desk/documents\r\nSet-Cookie: desk=x",
        "/v1/documents",
        "javascript:alert(1)",
        "/desk/logout",
    ],
)
def test_nobody_is_led_elsewhere_after_signing_in(stranger: Visitor, path: str) -> None:
    assert stranger.sign_in(next=path).headers["location"] == "/desk/documents"


@pytest.mark.parametrize(
    ("what", "headers", "takes_token"),
    [
        ("another site's page", {"Origin": "https://evil.example"}, True),
        ("a page without an origin", {"Origin": "null"}, True),
        ("the right page without its token", {}, False),
    ],
)
def test_a_sign_in_form_of_somebody_else_is_not_taken(
    stranger: Visitor, what: str, headers: dict[str, str], takes_token: bool
) -> None:
    token = stranger.token_on("login") if takes_token else "0" * 64
    answer = stranger.post("login", {"form_token": token, "email": MIRA, "password": PASSWORD}, **headers)
    assert answer.status_code == 403, what
    assert stranger.get("documents").status_code == 303


def test_a_token_belongs_to_the_browser_that_got_the_form(quiet: Town) -> None:
    with quiet.visitor() as one, quiet.visitor() as other:
        other.get("login")
        fields = {"form_token": one.token_on("login"), "email": MIRA, "password": PASSWORD}
        assert other.post("login", fields).status_code == 403


def test_a_form_without_an_origin_is_taken_where_the_browser_says_that_it_is_ours(quiet: Town) -> None:
    with httpx.Client(base_url=quiet.origin, timeout=20) as client:
        fields = {"form_token": form_token(client.get("/desk/login")), "email": MIRA, "password": PASSWORD}
        assert client.post("/desk/login", data=fields).status_code == 403
        taken = client.post("/desk/login", data=fields, headers={"Sec-Fetch-Site": "same-origin"})
        assert taken.status_code == 303


def test_behind_a_proxy_the_public_address_is_the_origin(quiet: Town) -> None:
    settings = ApiSettings(secure_cookies=False, public_url="https://gateway.example/")
    with serving(desk_app(quiet.house, settings)) as origin, httpx.Client(base_url=origin, timeout=20) as client:
        visitor = Visitor(client)
        fields = {"form_token": visitor.token_on("login"), "email": MIRA, "password": PASSWORD}
        assert visitor.post("login", fields, Origin="http://gateway.example").status_code == 403
        assert visitor.post("login", fields, Origin="https://gateway.example").status_code == 303


def test_over_tls_the_cookies_are_bound_to_this_host(quiet: Town) -> None:
    with serving(desk_app(quiet.house, ApiSettings())) as origin, httpx.Client(base_url=origin, timeout=20) as client:
        form = client.get("/desk/login")
        (given,) = form.headers.get_list("set-cookie")
        assert given.startswith("__Host-desk-browser=")
        assert {"HttpOnly", "Path=/", "SameSite=strict", "Secure"} <= set(given.split("; "))
        assert "Domain" not in given
        assert form.headers["strict-transport-security"] == "max-age=31536000"
        # The client would not send a Secure cookie over plain HTTP; a browser behind TLS does.
        secret = given.partition("=")[2].partition(";")[0]
        fields = {"form_token": form_token(form), "email": MIRA, "password": PASSWORD}
        headers = {"Cookie": f"__Host-desk-browser={secret}", "Origin": origin}
        came_in = client.post("/desk/login", data=fields, headers=headers)
        (session,) = [one for one in came_in.headers.get_list("set-cookie") if one.startswith("__Host-desk=")]
        assert {"HttpOnly", "Path=/", "SameSite=lax", "Secure"} <= set(session.split("; "))


def test_a_person_of_two_organisations_chooses_one(quiet: Town, store: Store) -> None:
    now = quiet.house.clock.now()
    other_tenant(store, now)
    person(store, OTHER_TENANT, MIRA, "Mira Lindqvist", now)
    with quiet.visitor() as visitor:
        asked = visitor.sign_in()
        assert asked.status_code == 409
        assert re.findall(r"<option[^>]*>(\w+)</option>", asked.text) == ["North", "South"]
        assert visitor.sign_in(organisation=str(uuid.UUID(int=99))).status_code == 401
        assert visitor.sign_in(organisation=str(OTHER_TENANT)).status_code == 303
        assert "South" in visitor.get("documents").text


def test_two_organisations_are_not_told_to_whoever_guesses(quiet: Town, store: Store) -> None:
    now = quiet.house.clock.now()
    other_tenant(store, now)
    person(store, OTHER_TENANT, MIRA, "Mira Lindqvist", now)
    with quiet.visitor() as visitor:
        answer = visitor.sign_in(password="a guess")
    assert answer.status_code == 401
    assert "South" not in answer.text


@pytest.mark.parametrize(
    ("content", "media_type", "status"),
    [
        ("x" * 20_000, "application/x-www-form-urlencoded", 413),  # larger than any form of ours
        ("&".join(f"f{number}=1" for number in range(40)), "application/x-www-form-urlencoded", 400),
        ("form_token=ü", "application/x-www-form-urlencoded", 400),  # not encoded as forms are
        ('{"email": 1}', "application/json", 400),
        ("", "", 400),
    ],
)
def test_what_is_no_form_of_ours_is_refused_in_words(
    stranger: Visitor, content: str, media_type: str, status: int
) -> None:
    headers = {"Content-Type": media_type} if media_type else {}
    answer = stranger.client.post("/desk/login", content=content.encode(), headers=headers)
    assert answer.status_code == status
    assert "<h1>" in answer.text


def test_noor_sees_nothing_of_another_organisation(busy: BusyTown) -> None:
    with busy.town.visitor() as visitor:
        visitor.sign_in(NOOR)
        assert "Nothing has arrived yet." in visitor.get("documents").text
        for public_id in (busy.ids[story] for story in ("delivered", "turned away", "unreadable")):
            whole = busy.town.whole(public_id)
            for path in ("", "/resend", "/page.pdf"):
                assert visitor.get(f"documents/{public_id}{path}").status_code == 404
            for artefact in whole.artefacts:
                for kind in ("raw", "text"):
                    assert visitor.get(f"documents/{public_id}/{kind}/{artefact.sha256}").status_code == 404
