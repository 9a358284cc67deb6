"""The tree of errors: drawn as it is, a stable code and a message for each leaf."""

import datetime
import pickle
import re
from dataclasses import fields

import pytest

from gateway import errors
from gateway.errors import GatewayError, SenderMustCorrect, TryAgain, WeMustRepair

FAMILIES = (SenderMustCorrect, TryAgain, WeMustRepair)
EXAMPLES: dict[str, object] = {
    "str": "something",
    "int": 20_000_000,
    "datetime.datetime": datetime.datetime(2026, 11, 12, 8, 30, tzinfo=datetime.UTC),
}


LEAVES = [leaf for family in FAMILIES for leaf in family.__subclasses__() if leaf.__module__ == errors.__name__]


def example(leaf: type[GatewayError]) -> GatewayError:
    """An error of this kind with something in each field."""
    kinds = {one.name: one.type if isinstance(one.type, str) else one.type.__qualname__ for one in fields(leaf)}
    examples = EXAMPLES | {"datetime": EXAMPLES["datetime.datetime"]}
    return leaf(**{name: examples[kind] for name, kind in kinds.items()})


def test_the_tree_in_the_docstring_is_the_tree_in_the_code() -> None:
    drawn = re.findall(r"\+- (\w+) +([a-z][a-z-]+)$", errors.__doc__ or "", re.MULTILINE)
    assert drawn == [(leaf.__name__, leaf.code) for leaf in LEAVES]


def test_every_code_is_given_once() -> None:
    codes = [leaf.code for leaf in LEAVES]
    assert all(re.fullmatch("[a-z]+(-[a-z]+)*", code) for code in codes)
    assert len(codes) == len(set(codes))


@pytest.mark.parametrize("leaf", LEAVES, ids=lambda leaf: leaf.__name__)
def test_the_message_of_an_error_is_its_docstring_with_its_fields(leaf: type[GatewayError]) -> None:
    message = str(example(leaf))
    assert not re.search(r"[{}\n]|  ", message)
    assert ". " in message, "what happened, and what to do"
    for name in re.findall(r"\{(\w+)", leaf.__doc__ or ""):
        assert name in {one.name for one in fields(leaf)}


def test_an_error_says_where_and_when() -> None:
    moment = datetime.datetime(2026, 11, 12, 8, 30, tzinfo=datetime.UTC)
    error = errors.SigningCertificateExpired("Officine Pratoverde", ended=moment)
    assert str(error).startswith("The signing certificate of Officine Pratoverde ended on 2026-11-12 08:30 UTC.")
    assert error.details == {"subject": "Officine Pratoverde", "ended": moment}


@pytest.mark.parametrize("leaf", LEAVES, ids=lambda leaf: leaf.__name__)
def test_an_error_survives_the_way_to_another_process(leaf: type[GatewayError]) -> None:
    sent = example(leaf)
    received = pickle.loads(pickle.dumps(sent))  # noqa: S301 - our own bytes
    assert (type(received), str(received)) == (leaf, str(sent))
