"""SFTP version 3 as bytes: what is written is read by another program, and nothing that comes in breaks anything."""

import struct
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st
from paramiko import SFTPAttributes
from paramiko.message import Message

from gateway.intake.sftp import wire
from gateway.intake.sftp.wire import Attributes, Entry, Malformed, Reader, Status

NUMBERS = st.integers(0, 2**32 - 1)
ATTRIBUTES = st.builds(
    Attributes,
    size=st.none() | st.integers(0, 2**64 - 1),
    mode=st.none() | NUMBERS,
    modified=st.none() | NUMBERS,
)


@given(ATTRIBUTES)
def test_attributes_are_read_as_they_were_written(written: Attributes) -> None:
    assert Reader(written.spelled()).attributes() == written


@given(ATTRIBUTES)
def test_attributes_are_read_by_paramiko_as_they_were_written(written: Attributes) -> None:
    read = SFTPAttributes._from_msg(Message(written.spelled()))  # type: ignore[attr-defined]  # private, and the judge
    assert (read.st_size, read.st_mode, read.st_mtime) == (written.size, written.mode, written.modified)


@given(NUMBERS, st.sampled_from(Status), st.text())
def test_a_status_is_read_as_it_was_written(request_number: int, code: Status, text: str) -> None:
    spellable = text.encode(errors="ignore").decode()
    reader = Reader(wire.status(request_number, code, spellable))
    assert (reader.byte(), reader.number(), reader.number(), reader.text()) == (101, request_number, code, spellable)


def test_a_listing_is_read_by_paramiko_with_its_names_and_sizes() -> None:
    entries = [Entry("März.csv", Attributes(7, 0o100600, 0)), Entry("b", Attributes(2**40, 0o100600, 1))]
    message = Message(wire.names(5, entries)[1:])
    assert (message.get_int(), message.get_int()) == (5, 2)
    for entry in entries:
        assert message.get_text() == entry.name
        assert entry.name in message.get_text()
        assert SFTPAttributes._from_msg(message).st_size == entry.attributes.size  # type: ignore[attr-defined]  # as above


def test_owners_and_extensions_of_attributes_are_passed_over() -> None:
    spelled = struct.pack(">IQIIII", 0x80000007, 9, 1000, 1000, 0o100644, 1) + struct.pack(">I1sI2s", 1, b"a", 2, b"bc")
    reader = Reader(spelled + b"next")
    assert reader.attributes() == Attributes(9, 0o100644, None)
    assert reader.byte() == ord("n")


@pytest.mark.parametrize(
    "packet",
    [
        b"",  # nothing at all
        b"\x00\x00\x00",  # a length cut off
        b"\x00\x00\x00\x05abcd",  # a string that ends early
        b"\xff\xff\xff\xffabcd",  # a string of four gigabytes, it says
        b"\x00\x00\x00\x02\xc0\xaf",  # a slash in an overlong spelling
        b"\x00\x00\x00\x03\xed\xa0\x80",  # half a surrogate pair
        b"\x00\x00\x00\x01\xe4",  # Latin-1
    ],
)
def test_a_text_that_is_none_is_malformed(packet: bytes) -> None:
    with pytest.raises(Malformed):
        Reader(packet).text()


@given(st.binary(max_size=200))
def test_no_attributes_are_read_out_of_noise_without_an_end(noise: bytes) -> None:
    with suppress(Malformed):
        Reader(noise).attributes()
