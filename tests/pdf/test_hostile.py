"""Texts that would like to be something else."""

import msgspec
import pytest

from formats.contract import CannotWrite
from formats.en16931 import Address, Invoice, Item, Note
from formats.pdf import glyphs
from formats.pdf.inert import breakable, one_line, several_lines
from formats.pdf.writer import write
from tests.pdf.printing import printed, words_of
from tests.samples import sample_invoice


def saying(text: str) -> Invoice:
    """The sample invoice with a note and an item of this text."""
    line = msgspec.structs.replace(sample_invoice().lines[0], item=Item(name=text))
    return msgspec.structs.replace(sample_invoice(), notes=(Note(text=text),), lines=(line,))


@pytest.mark.parametrize(
    "text",
    [
        '#panic("x") *bold* _it_ $x^2$ [block] // comment',  # the typesetter's own language
        "= Heading",
        '#import "@preview/x:1.0.0"',
        '#read("/etc/passwd")',
        "\\u{1F600} \\ @label <label> `raw`",
        "{{ sheet }} {% for x in y %} ${x} %s",
        "<script>alert(1)</script> &amp; <b>",
        "' OR 1=1 --",
    ],
)
def test_markup_in_a_text_is_printed_as_it_stands(text: str) -> None:
    assert words_of(printed(saying(text))).count(text) == 2


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("a\x00b", "ab"),
        ("a\x1b[31mb", "a[31mb"),
        ("abc\u202edef", "abcdef"),  # would turn what follows around
        ("\u2066abc\u2069", "abc"),
        ("a\ufeffb", "ab"),
        ("a\x85b\u2028c\x0bd", "a b c d"),  # line ends of other systems
        ("a\r\nb", "a b"),
        ("a\tb", "a b"),
        ("\ue000x", "x"),  # private use: means something else on each machine
        ("  a   b  ", "a b"),
        ("", ""),
        (None, ""),
    ],
)
def test_characters_that_deceive_are_taken_out(text: str | None, clean: str) -> None:
    assert one_line(text) == clean


def test_line_breaks_stay_where_several_lines_have_room() -> None:
    assert several_lines("\r\nfirst  \r\n\r\n second\n\n") == "first\n\nsecond"


@pytest.mark.parametrize(
    ("text", "printed_as"),
    [
        ("paid \N{RECEIPT}", "paid [receipt]"),  # an emoji by its name
        ("\N{FULLWIDTH LATIN CAPITAL LETTER A}1", "A1"),
        ("\N{HANGUL SYLLABLE GANG}", "gang"),  # by its sound
        ("\N{CIRCLED LATIN CAPITAL LETTER A}", "A"),
    ],
)
def test_a_letter_without_a_glyph_is_written_otherwise_and_that_is_listed(text: str, printed_as: str) -> None:
    written = write(saying(text))
    assert printed_as in words_of(written.content)
    assert {one.path for one in written.not_carried} == {"BG-1[1]/BT-22", "BG-25[1]/BG-31/BT-153"}
    assert f"printed as `{printed_as}`" in written.not_carried[0].reason


def test_letters_that_nothing_replaces_are_refused_with_the_term_and_the_letters() -> None:
    with pytest.raises(CannotWrite) as refused:
        write(saying("請求書"))
    assert [one.path for one in refused.value.findings] == ["BG-1[1]/BT-22", "BG-25[1]/BG-31/BT-153"]
    assert "求 (U+6C42)" in refused.value.findings[0].message


def test_letters_that_are_not_printed_are_no_reason_to_refuse() -> None:
    """BT-58 of the buyer does not stand on the page."""
    invoice = sample_invoice()
    assert invoice.process is not None
    process = msgspec.structs.replace(invoice.process, business_process="請求書")
    assert write(msgspec.structs.replace(invoice, process=process)).not_carried == ()


@pytest.mark.parametrize("text", ["x" * 3_000, "http://" + "a" * 300, "W" * 300, "é" * 500, "\u0301" * 400])
def test_an_endless_word_is_broken_and_nothing_of_it_is_lost(text: str) -> None:
    said = words_of(printed(saying(text))).replace(" ", "")
    assert text in said or text.startswith("\u0301")


def test_a_number_is_never_given_a_chance_to_break() -> None:
    assert breakable("SE8999900000000000123457") == "SE8999900000000000123457"
    assert "\u200b" in breakable("x" * 31)


def test_an_endless_address_still_makes_a_page() -> None:
    invoice = sample_invoice()
    assert invoice.buyer is not None
    address = Address(line1="y" * 900, line2="z z " * 300, city="c" * 200, country="FR")
    assert printed(msgspec.structs.replace(invoice, buyer=msgspec.structs.replace(invoice.buyer, address=address)))


@pytest.mark.parametrize(
    "alphabet",
    [
        "ÁáČčĎďÉéĚěÍíŇňÓóŘřŠšŤťÚúŮůÝýŽž",  # Czech
        "ĄąĆćĘęŁłŃńÓóŚśŹźŻż",  # Polish
        "ÁáÉéÍíÓóÖöŐőÚúÜüŰű",  # Hungarian
        "ĂăÂâÎîȘșȚț",  # Romanian
        "ĀāČčĒēĢģĪīĶķĻļŅņŠšŪūŽž",  # Latvian
        "ĊċĠġĦħŻż",  # Maltese
        "ÞþÐðÆæ",  # Icelandic
        "ĞğİıŞş",  # Turkish
        "ΑαΒβΓγΔδΩωάέήίόύώ",  # Greek
        "АаБбВвЖжЩщЪъЬьЮюЯя",  # Bulgarian
        "ЄєІіЇїҐґ",  # Ukrainian
        "€£¥₴₽₺zł",
        "–—„“”‚‘’«»…•·°±×÷½²³µ§©®™†",
        "✓☐≤≥≠→−",
        "שלום مرحبا",
    ],
)
def test_the_fonts_have_the_letters_of_every_neighbour(alphabet: str) -> None:
    assert glyphs.missing(alphabet) == frozenset()


def test_each_font_comes_with_its_licence() -> None:
    names = {one.name for one in glyphs.fonts_folder().iterdir()}
    assert {name.split("-")[0].split(".")[0] for name in names if name.endswith(".ttf")} == {"NotoSans", "DejaVuSans"}
    assert {"NotoSans-LICENSE.txt", "DejaVuSans-LICENSE.txt"} <= names
