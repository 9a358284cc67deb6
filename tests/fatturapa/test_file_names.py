"""File names as SDI wants them, each once for ever."""

import pytest

from formats.fatturapa.file_names import MOST_FILES, NoticeName, file_name, is_file_name, progressive, read_notice_name


@pytest.mark.parametrize(
    ("number", "expected"),
    [(1, "00001"), (10, "0000A"), (35, "0000Z"), (36, "00010"), (1_000_000, "0LFLS"), (MOST_FILES, "ZZZZZ")],
)
def test_files_are_counted_in_digits_and_capitals(number: int, expected: str) -> None:
    assert progressive(number) == expected


def test_no_two_numbers_have_the_same_name_even_where_capitals_do_not_count() -> None:
    names = [progressive(number).lower() for number in range(1, 50_000)]
    assert len(set(names)) == len(names)
    assert names == sorted(names)


@pytest.mark.parametrize("number", [0, -1, MOST_FILES + 1])
def test_a_transmitter_has_no_more_names_than_five_characters_make(number: int) -> None:
    with pytest.raises(ValueError, match="file names"):
        progressive(number)


def test_a_name_is_made_of_country_code_and_number() -> None:
    assert file_name("IT", "01234560157", 1) == "IT01234560157_00001.xml"
    assert file_name("IT", "RSSMRA80A01H501U", 46, ".xml.p7m") == "ITRSSMRA80A01H501U_0001A.xml.p7m"


@pytest.mark.parametrize(
    ("country", "code", "suffix"),
    [
        ("IT", "123", ".xml"),
        ("IT", "", ".xml"),
        ("it", "01234560157", ".xml"),
        ("IT", "01234560157", ".pdf"),
        ("IT", "../../etc", ".xml"),
    ],
)
def test_a_wrong_part_makes_no_name(country: str, code: str, suffix: str) -> None:
    with pytest.raises(ValueError, match="SDI takes no file"):
        file_name(country, code, 1, suffix)


@pytest.mark.parametrize(
    ("name", "is_right"),
    [
        ("IT01234560157_1.xml", True),
        ("IT01234560157_Ab9.xml.p7m", True),
        ("FR12_00001.zip", True),  # abroad two characters are enough
        ("IT01234560157_123456.xml", False),
        ("IT01234560157_.xml", False),
        ("IT0123456015_1.xml", False),  # ten digits
        ("IT01234560157-1.xml", False),
        ("IT01234560157_1.XML", False),
        ("IT01234560157_1.xml\n", False),
    ],
)
def test_sdi_takes_names_of_one_form(name: str, is_right: bool) -> None:
    assert is_file_name(name) is is_right


def test_the_name_of_a_notice_says_what_it_is_about() -> None:
    assert read_notice_name("IT01234560157_0000A_RC_001.xml") == NoticeName("IT01234560157_0000A", "RC", "001")
    assert read_notice_name("IT01234560157_0000A_AT_1.zip") == NoticeName("IT01234560157_0000A", "AT", "1")
    assert read_notice_name("IT01234560157_0000A.xml") is None
