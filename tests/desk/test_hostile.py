"""Hostile invoices and odd files harm nothing: what others write is text here, to be read and nothing else."""

from collections.abc import Iterator

import httpx
import pytest
from lxml import html
from structlog.testing import capture_logs

from channels.contract import Refused
from gateway.desk import raw_text, spelling
from gateway.desk.raw_text import as_text, place_in
from gateway.store import events
from gateway.store.records import NewArtefact
from tests.desk.conftest import BusyTown
from tests.desk.house import Town, Visitor
from tests.desk.stories import HOSTILE_NAME, LONG_WORD, to_country
from tests.pipeline.house import TENANT

POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)


@pytest.fixture(scope="module")
def mira(busy: BusyTown) -> Iterator[Visitor]:
    with busy.town.mira() as visitor:
        yield visitor


def is_harmless(page: httpx.Response) -> bool:
    """Whether a page holds no script, no handler, no style and no picture but our own."""
    tree = html.fromstring(page.content)
    handlers = [one for one in tree.iter() for name in one.attrib if str(name).startswith("on") or name == "style"]
    return not handlers and not tree.cssselect("script, iframe, object, embed, base, img, style, svg script")


def test_names_with_markup_are_shown_as_they_are_written(mira: Visitor, busy: BusyTown) -> None:
    for path in ("documents", f"documents/{busy.ids['hostile']}"):
        page = mira.get(path)
        assert is_harmless(page)
        shown = html.fromstring(page.content).text_content()
        assert '<script>alert("x")</script>' in shown
        assert LONG_WORD in shown


def test_signs_that_turn_the_text_around_are_taken_out_of_names(mira: Visitor, busy: BusyTown) -> None:
    assert "\u202e" in HOSTILE_NAME
    for path in ("documents", f"documents/{busy.ids['hostile']}"):
        assert "\u202e" not in mira.get(path).text


def test_in_a_raw_file_the_same_signs_are_made_visible(mira: Visitor, busy: BusyTown) -> None:
    public_id = busy.ids["hostile"]
    source = next(one for one in busy.town.whole(public_id).artefacts if one.role == "source")
    page = mira.get(f"documents/{public_id}/text/{source.sha256}")
    assert is_harmless(page)
    assert "⟨U+202E⟩gpj.exe⟨U+202C⟩" in page.text
    assert "\u202e" not in page.text


def test_the_words_of_the_other_side_are_text(quiet: Town) -> None:
    said = '</pre><script>alert(1)</script> "><img src=x onerror=alert(1)>'
    quiet.channels["mail"].script = [Refused("<b>5.1.1</b>", said, "mail.5xx", said.encode())]
    document = quiet.send(to_country("CH", "Sennerei Glarus", "1"))
    with quiet.mira() as mira:
        page = mira.get(f"documents/{document.public_id}")
    assert is_harmless(page)
    assert said in html.fromstring(page.content).cssselect("pre.raw")[0].text_content()


@pytest.mark.parametrize(
    "query",
    [
        {"q": '"><script>alert(1)</script>'},
        {"recipient": "'><img src=x onerror=alert(1)>"},
        {"channel": "\"><svg onload='alert(1)'>"},
        {"since": "<b>", "until": "\u202e"},
        {"q": "\0\x01 \ud800".encode("utf-8", "surrogatepass").decode("utf-8", "replace")},
        {"q": "x" * 5_000},
        {"order": "<script>", "done": "<script>"},
    ],
)
def test_what_stands_in_the_address_is_text(mira: Visitor, query: dict[str, str]) -> None:
    page = mira.get("documents", **query)
    assert page.status_code == 200
    assert is_harmless(page)


def all_answers(mira: Visitor, busy: BusyTown) -> Iterator[tuple[str, httpx.Response]]:
    public_id = busy.ids["delivered"]
    sha256 = busy.town.whole(public_id).artefacts[0].sha256
    for path in (
        "",
        "login",
        "documents",
        f"documents/{public_id}",
        f"documents/{public_id}/page.pdf",
        f"documents/{public_id}/raw/{sha256}",
        f"documents/{public_id}/text/{sha256}",
        f"documents/{public_id}/resend",
        "documents/d-NOWHERE1",
        "nowhere",
        "static/icon.svg",
        "logout",
    ):
        yield path, mira.get(path)
    yield "a foreign form", mira.post(f"documents/{public_id}/resend", {"reason": "x"})


def test_every_answer_is_closed_to_other_sites_and_to_guessing(mira: Visitor, busy: BusyTown) -> None:
    for path, answer in all_answers(mira, busy):
        policy = answer.headers["content-security-policy"]
        assert policy == POLICY or policy.startswith("sandbox; default-src 'none'"), path
        assert answer.headers["x-content-type-options"] == "nosniff", path
        assert answer.headers["x-frame-options"] == "DENY", path
        assert answer.headers["referrer-policy"] == "same-origin", path
        assert answer.headers["cache-control"] == "no-store" or path.startswith("static/"), path
        assert "server" not in answer.headers or answer.headers["server"] == "uvicorn", path


@pytest.mark.parametrize(
    ("path", "status", "said"),
    [
        ("nowhere", 404, "There is no page at this address."),
        ("documents/d-NOWHERE1", 404, "There is no document “d-NOWHERE1” here."),
        ("documents/" + "x" * 30, 404, "There is no page at this address."),
        ("logout", 405, "The address doesn&#39;t take this kind of request."),
    ],
)
def test_what_is_not_there_is_said_on_a_page(mira: Visitor, path: str, status: int, said: str) -> None:
    answer = mira.get(path)
    assert answer.status_code == status
    assert said in answer.text


def test_a_fault_of_ours_shows_a_number_and_nothing_of_its_inside(
    mira: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("the inside")

    monkeypatch.setattr("gateway.desk.pages.listing", broken)
    with capture_logs() as logged:
        answer = mira.get("documents")
    assert answer.status_code == 500
    assert "the inside" not in answer.text
    (fault,) = [one for one in logged if one["event"] == "a page of the desk broke"]
    assert f"Give the operator this number: {fault['incident']}" in answer.text
    assert answer.headers["content-security-policy"] == POLICY


@pytest.mark.parametrize(
    ("given", "narrow", "wide"),
    [
        ('in"voice;%.xml', "in_voice__.xml", "in%22voice%3B%25.xml"),
        ("Rechnung für Müller.xml", "Rechnung f_r M_ller.xml", "Rechnung%20f%C3%BCr%20M%C3%BCller.xml"),
        ("../../etc/passwd", ".._.._etc_passwd", ".._.._etc_passwd"),
        ("a\r\nSet-Cookie: x=y.xml", "aSet-Cookie: x=y.xml", "aSet-Cookie%3A%20x%3Dy.xml"),
        ("\u202egpj.exe", "gpj.exe", "gpj.exe"),
    ],
)
def test_a_file_is_saved_under_a_harmless_name(quiet: Town, given: str, narrow: str, wide: str) -> None:
    document = quiet.submit(b"%!PS nothing that anybody knows", given)
    source = quiet.whole(document.public_id).artefacts[0]
    with quiet.mira() as mira:
        answer = mira.get(f"documents/{document.public_id}/raw/{source.sha256}")
    assert answer.headers["content-disposition"] == f"attachment; filename=\"{narrow}\"; filename*=UTF-8''{wide}"
    assert answer.headers["content-type"] == "application/octet-stream"


def kept(town: Town, content: bytes, media_type: str = "text/plain") -> tuple[str, str]:
    """A document with one more file: (public id, hash)."""
    document = town.send(to_country("FR", "Atelier du Lac SARL", "1"))
    sha256 = town.house.archive.put(TENANT, content)
    extra = NewArtefact(document.id, sha256, len(content), media_type, "log.txt", "attachment", None, document.id)
    with town.house.store.of(TENANT) as transaction:
        events.keep(transaction, [extra], town.house.clock.now())
    return document.public_id, sha256


def test_a_long_file_is_shown_around_the_line_that_was_asked_for(quiet: Town) -> None:
    public_id, sha256 = kept(quiet, "".join(f"row {number}\f\r\n" for number in range(1, 5_001)).encode())
    with quiet.mira() as mira:
        page = html.fromstring(mira.get(f"documents/{public_id}/text/{sha256}", line="3412").content)
        numbers = [int(one.get("id", "L0")[1:]) for one in page.cssselect(".line")]
        assert len(numbers) == raw_text.LINES
        assert 3412 in numbers[80:120]
        assert page.cssselect(".line.lit code")[0].text_content() == "row 3412␌"
        links = [one.get("href", "") for one in page.cssselect(".lines-head a")]
        for link, first, last in zip(links, (3112, 3512), (3311, 3711), strict=True):
            beside = html.fromstring(mira.client.get(link).content)
            shown = [int(one.get("id", "L0")[1:]) for one in beside.cssselect(".line")]
            assert (shown[0], shown[-1]) == (first, last)
        beyond = html.fromstring(mira.get(f"documents/{public_id}/text/{sha256}", line="999999").content)
        assert beyond.cssselect(".line")[-1].get("id") == "L5000"


def test_a_line_without_an_end_is_cut_around_its_column(quiet: Town) -> None:
    public_id, sha256 = kept(quiet, b"<a>" + b"x" * 500_000 + b"<wrong/>" + b"y" * 500_000)
    with quiet.mira() as mira:
        page = mira.get(f"documents/{public_id}/text/{sha256}", line="1", column="500004")
    assert "&lt;wrong/&gt;" in page.text
    assert len(page.content) < 30_000
    assert "more signs" in page.text


@pytest.mark.parametrize(
    ("content", "media_type", "said"),
    [
        (b"%PDF-1.7 ...", "application/pdf", "It is not a text file."),
        (b"\x00\x01\x02", "application/octet-stream", "It is not a text file."),
        (b"0\x82\x01\x00signed", "application/pkcs7-mime", "It is not a text file."),
        (b"", "text/plain", "Lines 1 to 1 of 1"),
    ],
)
def test_what_is_no_text_is_not_shown_as_text(quiet: Town, content: bytes, media_type: str, said: str) -> None:
    public_id, sha256 = kept(quiet, content, media_type)
    with quiet.mira() as mira:
        page = mira.get(f"documents/{public_id}/text/{sha256}")
    assert page.status_code == 200
    assert said in page.text


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ("Grün".encode(), "Grün"),
        ("Grün".encode("windows-1252"), "Grün"),
        ("\ufeffGrün".encode(), "Grün"),
        ("Grün".encode("utf-16"), "Grün"),
        (b"a\x00b", None),
        (b"PK\x03\x04", None),
    ],
)
def test_bytes_are_read_as_exports_write_them(content: bytes, text: str | None) -> None:
    assert as_text(content) == text


@pytest.mark.parametrize(
    ("where", "place"),
    [
        ("line 14, column Netto", (14, 0)),
        ("line 3, column 27", (3, 27)),
        ("line 87, /ubl:Invoice/cbc:ID", (87, 0)),
        ("$.lines[1].net", None),
        ("column Netto", None),
        ("computed: sum of BT-131", None),
        ("line 12345678901234567890", None),
        ("", None),
    ],
)
def test_the_place_of_a_finding_becomes_a_line_of_the_file(where: str, place: tuple[int, int] | None) -> None:
    assert place_in(where) == place


def test_foreign_text_keeps_its_own_direction() -> None:
    assert spelling.foreign("ش\u202e<b>") == "<bdi>ش&lt;b&gt;</bdi>"
    assert spelling.foreign(None) == ""
    assert spelling.visible("a\u200bb\x07") == "a⟨U+200B⟩b␇"
