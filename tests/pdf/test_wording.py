"""Labels, numbers and dates of each language."""

import datetime
import re
import tomllib
from decimal import Decimal
from importlib import resources

import pytest

from formats.pdf.wording import chosen, languages, wording


def labels(language: str) -> dict[str, str]:
    """All labels of a language by their dotted key."""
    text = (resources.files("formats.pdf") / "labels" / f"{language}.toml").read_text(encoding="utf-8")
    content = tomllib.loads(text)
    flat = {key: value for key, value in content.items() if isinstance(value, str)}
    sections = {name: section for name, section in content.items() if isinstance(section, dict)}
    return flat | {f"{name}.{key}": value for name, section in sections.items() for key, value in section.items()}


def test_there_are_labels_in_ten_languages() -> None:
    assert languages() == ("da", "de", "en", "es", "fi", "fr", "it", "nb", "nl", "sv")


@pytest.mark.parametrize("language", languages())
def test_every_language_has_every_label_with_the_same_blanks_to_fill(language: str) -> None:
    english, other = labels("en"), labels(language)
    assert set(other) == set(english)
    for key, text in english.items():
        assert sorted(re.findall(r"\{\w+\}", other[key])) == sorted(re.findall(r"\{\w+\}", text)), key
        assert other[key].strip(), key


@pytest.mark.parametrize(
    ("language", "region", "amount"),
    [
        ("en", "", "1,234,567.50"),
        ("de", "", "1.234.567,50"),
        ("de", "CH", "1\u2019234\u2019567.50"),
        ("fr", "", "1\u202f234\u202f567,50"),
        ("sv", "", "1\u00a0234\u00a0567,50"),
        ("it", "", "1.234.567,50"),
        ("nb", "NO", "1\u00a0234\u00a0567,50"),
    ],
)
def test_amounts_are_grouped_and_marked_as_the_language_does(language: str, region: str, amount: str) -> None:
    assert wording(language, region).amount(Decimal("1234567.5"), "EUR") == amount


@pytest.mark.parametrize(
    ("value", "currency", "amount"),
    [
        ("1234", "JPY", "1,234"),  # no decimals
        ("1.2345", "KWD", "1.2345"),
        ("1.5", "KWD", "1.500"),  # three
        ("0.005", "EUR", "0.005"),  # what the invoice says is never rounded away
        ("-0.50", "EUR", "-0.50"),
        ("1E+2", "EUR", "100.00"),
        ("12.500", "EUR", "12.50"),
    ],
)
def test_amounts_have_the_decimals_of_their_currency(value: str, currency: str, amount: str) -> None:
    assert wording("en").amount(Decimal(value), currency) == amount


@pytest.mark.parametrize(("value", "said"), [("3", "3"), ("2.50", "2,5"), ("0.125", "0,125"), ("1000", "1.000")])
def test_quantities_have_the_decimals_they_need(value: str, said: str) -> None:
    assert wording("de").quantity(Decimal(value)) == said


@pytest.mark.parametrize(
    ("language", "date"),
    [
        ("de", "16. November 2026"),
        ("sv", "16 november 2026"),
        ("en", "16 November 2026"),
        ("fi", "16. marraskuuta 2026"),
    ],
)
def test_dates_are_written_out(language: str, date: str) -> None:
    assert wording(language).date(datetime.date(2026, 11, 16)).replace("\u00a0", " ") == date


def test_an_american_reads_the_american_way() -> None:
    assert chosen("en", "US").date(datetime.date(2026, 11, 16)).replace("\u00a0", " ") == "November 16, 2026"


@pytest.mark.parametrize("wanted", ["xx", "de_XX", "toolongforalanguage", "../../etc/passwd", "de-", "-"])
def test_a_language_that_is_none_is_no_error(wanted: str) -> None:
    assert chosen(wanted, "SE").language in {"sv", "de"}


def test_a_unit_without_a_word_is_called_by_its_code() -> None:
    assert wording("de").unit("HUR") == "Std."
    assert wording("de").unit("NAR") == "NAR"
    assert wording("de").unit(None) == ""
