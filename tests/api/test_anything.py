"""Whatever is asked, with whatever body: an answer that is documented, never a fault."""

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from formats.en16931.json_form import encode
from tests.api.conftest import Api, as_ubl
from tests.api.operations import Operation, operations
from tests.samples import sample_invoice

LOOK_AT = settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])

WORDS = st.one_of(
    st.text(max_size=30),
    st.sampled_from(
        [
            "",
            "0",
            "-1",
            "200",
            "201",
            "1e3",
            "true",
            "null",
            "d-7KQ2M9TX",
            "00000000-0000-0000-0000-000000000000",
            "0" * 64,
            "2026-02-30",
            "9999-12-31",
            "0001-01-01",
            "2999-12-31",
            "Action needed",
            "\x00",
            "%",
            "_",
            "\\",
            "'; drop table document; --",
            "\ufffe",
            "a" * 300,
        ]
    ),
    st.integers().map(str),
    st.dates().map(str),
    st.uuids().map(str),
)
PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3),
    max_leaves=10,
)
RECIPIENTS = st.fixed_dictionaries(
    {"name": WORDS},
    optional={
        "id": WORDS,
        "country": st.sampled_from(["FR", "France", "", None]),
        "identifiers": st.lists(WORDS, max_size=3),
        "language": WORDS,
        "tags": WORDS | st.lists(WORDS, max_size=2),
        "addresses": st.dictionaries(st.sampled_from(["peppol", "sdi", "mail", "post", "other"]), PLAIN, max_size=2),
        "preference": PLAIN,
    },
)


def spelled(value: object) -> bytes:
    """JSON as Python writes it: also NaN and half a surrogate pair, which no JSON has."""
    return json.dumps(value).encode()


BODIES = st.one_of(
    st.binary(max_size=200),
    PLAIN.map(spelled),
    RECIPIENTS.map(spelled),
    st.sampled_from(
        [as_ubl(), b"rules:\n  - name: x\n    then: {channel: mail}\n", b'{"reason": "\\ud800"}', b"[" * 9000]
    ),
)


@pytest.fixture(scope="module")
def asked(filled: Api) -> tuple[Api, list[Operation]]:
    filled.submit(as_ubl())
    filled.deliver()
    return filled, list(operations(filled))


@st.composite
def calls(draw: st.DrawFn, known: list[Operation]) -> tuple[Operation, str, dict[str, str], bytes]:
    """An operation with anything in every place that it has."""
    one = draw(st.sampled_from(known))
    stated = one.described.get("parameters", [])
    places = {found["name"]: quote(draw(WORDS) or "x", safe="") for found in stated if found["in"] == "path"}
    names = [found["name"] for found in stated if found["in"] == "query"]
    query = draw(st.dictionaries(st.sampled_from([*names, "more"]), WORDS, max_size=4))
    body = draw(BODIES) if "requestBody" in one.described else b""
    return one, one.at(**places), query, body


def surrogates_out(query: dict[str, str]) -> dict[str, str]:
    return {name: value.encode("utf-8", "replace").decode() for name, value in query.items()}


@given(data=st.data())
@LOOK_AT
def test_anything_is_answered_as_documented(asked: tuple[Api, list[Operation]], data: st.DataObject) -> None:
    api, known = asked
    one, path, query, body = data.draw(calls(known))
    answer = api.ask(one.method, path, params=surrogates_out(query), content=body)
    assert answer.status_code < 500, answer.text
    if answer.status_code >= 400:
        assert answer.headers["content-type"] == "application/problem+json"
    if path.isascii() and "//" not in path and not path.endswith("/"):
        assert str(answer.status_code) in one.described["responses"] or answer.status_code == 404, one


def headers() -> st.SearchStrategy[dict[str, str]]:
    """What a caller may say beside the body, as far as HTTP lets it pass."""
    value = st.text(st.characters(min_codepoint=0x21, max_codepoint=0xFF, exclude_characters="\x7f"), max_size=300)
    return st.dictionaries(st.sampled_from(["Idempotency-Key", "Content-Type", "Accept", "X-Request-Id"]), value)


@given(said=headers(), body=st.binary(max_size=100))
@LOOK_AT
def test_any_header_is_taken_or_refused(asked: tuple[Api, list[Operation]], said: dict[str, str], body: bytes) -> None:
    api, _ = asked
    raw: Any = {name.encode(): value.encode("latin-1") for name, value in said.items()}
    raw[b"Authorization"] = f"Bearer {api.own}".encode()
    answer = api.client.post("/v1/submissions", headers=raw, content=body)
    assert answer.status_code in (200, 202, 422), answer.text


def damaged(content: bytes) -> st.SearchStrategy[bytes]:
    """A file with a part of it lost, doubled or overwritten."""
    place = st.integers(0, len(content))

    def cut(ends: tuple[int, int], filling: bytes) -> bytes:
        first, last = sorted(ends)
        return content[:first] + filling + content[last:]

    return st.builds(cut, st.tuples(place, place), st.binary(max_size=8))


def samples() -> Iterator[bytes]:
    yield as_ubl()
    yield encode(sample_invoice())
    yield b"Invoice number;Invoice date;Currency;Item name;Unit price;VAT rate\nA;2026-03-02;EUR;Drill;1,5;20\n" * 2


@given(data=st.data())
@LOOK_AT
def test_any_damage_to_a_file_is_a_verdict(asked: tuple[Api, list[Operation]], data: st.DataObject) -> None:
    api, _ = asked
    content = data.draw(damaged(data.draw(st.sampled_from(list(samples())))))
    answer = api.ask("POST", "/v1/check", content=content)
    assert answer.status_code == 200, answer.text
    for verdict in answer.json():
        assert verdict["valid"] or any(one["severity"] == "fatal" for one in verdict["findings"])
