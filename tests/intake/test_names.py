"""Where a path leads: to a file in one of three folders, or to a reason why not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.intake.sftp.names import (
    LONGEST_NAME,
    Place,
    absolute,
    file_name,
    file_place,
    is_temporary,
    numbered,
    place,
)
from gateway.intake.sftp.wire import Refusal, Status

ESCAPES = [
    ("..", Status.PERMISSION_DENIED),  # the folder above
    ("../", Status.PERMISSION_DENIED),
    ("/..", Status.PERMISSION_DENIED),  # above the root, from the root
    ("in/../../etc/passwd", Status.PERMISSION_DENIED),  # up once too often
    ("in/../..", Status.PERMISSION_DENIED),
    ("./../in/a.xml", Status.PERMISSION_DENIED),  # up, and back in by luck
    ("../../../../../../../../etc/passwd", Status.PERMISSION_DENIED),
    ("/etc/passwd", Status.NO_SUCH_FILE),  # absolute: from our root, where there is no etc
    ("//etc//passwd", Status.NO_SUCH_FILE),
    ("in/../etc/passwd", Status.NO_SUCH_FILE),
    ("IN/a.xml", Status.NO_SUCH_FILE),  # another case is another name
    ("In", Status.NO_SUCH_FILE),
    ("open/a.xml", Status.NO_SUCH_FILE),  # folders as they are called on our disk
    ("complete", Status.NO_SUCH_FILE),
    ("making/0", Status.NO_SUCH_FILE),
    ("in/a/b.xml", Status.NO_SUCH_FILE),  # no folders in folders
    ("in/open/a.xml", Status.NO_SUCH_FILE),
    ("~/a.xml", Status.NO_SUCH_FILE),  # no home
    ("in/..\\..\\a.xml", Status.FAILURE),  # backslashes, for the server that takes them for slashes
    ("..\\in\\a.xml", Status.NO_SUCH_FILE),
    ("in/a\x00.xml", Status.FAILURE),  # a NUL, for the one that stops reading there
    ("in/\x00", Status.FAILURE),
    ("in/a\nb.xml", Status.FAILURE),  # a line break, for the log
    ("in/\x1b[2Ja.xml", Status.FAILURE),  # an escape sequence, for the terminal
    ("in/invoice\u202elmx.exe", Status.FAILURE),  # the direction of writing is turned
    ("in/a\u200b.xml", Status.FAILURE),  # a blank without width
    ("in/a\ue000.xml", Status.FAILURE),  # private use: shown by nobody
    ("in/\U000e0041.xml", Status.FAILURE),  # a tag
    ("in/a.xml ", Status.FAILURE),  # blanks at the ends: seen by nobody
    ("in/ a.xml", Status.FAILURE),
    ("in/\u00a0", Status.FAILURE),
    ("in/" + "a" * (LONGEST_NAME + 1), Status.FAILURE),  # too long
    ("in/" + "ä" * (LONGEST_NAME // 2 + 1), Status.FAILURE),  # too long in bytes
    ("in/" * 2_000, Status.FAILURE),  # a path without end
]


@pytest.mark.parametrize(("path", "status"), ESCAPES)
def test_a_path_that_leads_elsewhere_is_refused_with_a_reason(path: str, status: Status) -> None:
    with pytest.raises(Refusal) as refused:
        place(path)
    assert refused.value.status is status
    assert refused.value.text.endswith(".")


@pytest.mark.parametrize(
    ("path", "where"),
    [
        ("", Place()),  # where a client starts
        (".", Place()),
        ("/", Place()),
        ("in", Place("in")),
        ("/in/", Place("in")),
        ("./in//a.xml", Place("in", "a.xml")),
        ("/in/../out/a.xml.txt", Place("out", "a.xml.txt")),  # a detour that stays inside
        ("errors/März 2026.csv", Place("errors", "März 2026.csv")),
        ("in/Ma\u0308rz.csv", Place("in", "März.csv")),  # as a Mac spells it
        ("in/%2e%2e%2fetc%2fpasswd", Place("in", "%2e%2e%2fetc%2fpasswd")),  # a name like any other: nobody decodes it
        ("in/..a", Place("in", "..a")),  # two dots and more are a name
        ("in/\uff0e\uff0e", Place("in", "\uff0e\uff0e")),  # full-width dots are no dots
        ("in/請求書.xml", Place("in", "請求書.xml")),
        ("in/-rf", Place("in", "-rf")),
        ("in/$(reboot);`id`|'\".xml", Place("in", "$(reboot);`id`|'\".xml")),  # no shell ever sees it
        ("in/" + "a" * LONGEST_NAME, Place("in", "a" * LONGEST_NAME)),
    ],
)
def test_a_path_leads_to_its_place(path: str, where: Place) -> None:
    assert place(path) == where


@given(st.text(st.characters(codec="utf-8")))
def test_whatever_a_path_is_it_leads_into_one_of_three_folders_or_nowhere(path: str) -> None:
    try:
        found = place(path)
    except Refusal:
        return
    assert found.folder in ("", "in", "out", "errors")
    assert "/" not in found.name
    assert found.name not in (".", "..")
    assert found.name.isprintable()


@given(st.text(st.characters(codec="utf-8")))
def test_a_name_that_is_kept_is_kept_as_it_is(given_name: str) -> None:
    try:
        kept = file_name(given_name)
    except Refusal:
        return
    assert file_name(kept) == kept


@pytest.mark.parametrize(
    ("path", "told"),
    [("", "/"), (".", "/"), ("..", "/"), ("in/..", "/"), ("in/../../out", "/out"), ("/in/./a.xml", "/in/a.xml")],
)
def test_a_client_that_asks_where_it_is_stays_in_its_root(path: str, told: str) -> None:
    assert absolute(path) == told


def test_a_folder_is_not_taken_for_a_file() -> None:
    with pytest.raises(Refusal, match="folder"):
        file_place("in/")


@pytest.mark.parametrize("name", ["a.xml.part", "A.XML.PART", "a.filepart", "a.tmp", ".a.xml", "~a.xml", "a.xml~"])
def test_a_name_that_upload_programs_use_meanwhile_is_temporary(name: str) -> None:
    assert is_temporary(name)


@pytest.mark.parametrize("name", ["a.xml", "part", "tmp.csv", "a.part.xml", "parts"])
def test_any_other_name_is_final(name: str) -> None:
    assert not is_temporary(name)


@pytest.mark.parametrize(
    ("name", "second"),
    [("march.csv", "march-2.csv"), ("march", "march-2"), ("a.tar.gz", "a.tar-2.gz"), ("a.b", "a-2.b")],
)
def test_a_second_file_of_a_name_keeps_its_ending(name: str, second: str) -> None:
    assert numbered(name, 1) == name
    assert numbered(name, 2) == second
