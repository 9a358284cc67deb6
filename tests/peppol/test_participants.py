"""The registers that participants are named by."""

import json
from pathlib import Path

import pytest

from formats.peppol.participants import REGISTERS, is_well_formed

LIST = "standards/peppol-edelivery/codelists/Peppol_Code_Lists_-_Participant_identifier_schemes_v9.7.json"

# Made-up numbers with right check digits, and the same with a wrong one.
NUMBERS = [
    ("0002", "123456782", "123456783"),  # SIREN, Luhn
    ("0007", "1234567897", "1234567890"),  # Swedish organisation number, Luhn
    ("0088", "9876543210982", "9876543210983"),  # GLN, modulo 10
    ("0151", "18123456789", "18123456788"),  # Australian business number, modulo 89
    ("0192", "123456785", "123456784"),  # Norwegian organisation number, modulo 11
    ("0208", "0123456749", "0123456748"),  # Belgian enterprise number, modulo 97
    ("0211", "IT01234560157", "IT01234560158"),  # Italian VAT number, Luhn
    ("9906", "IT01234560157", "01234560157"),  # the same in a removed register, which wants IT in front
    ("9909", "NO123456785MVA", "NO123456785"),  # Norwegian VAT number
    ("0184", "DK12345678", "1234567"),  # Danish, without a check digit to see
    ("0204", "991-00000-07", "991"),  # Leitweg-ID, form only
    ("9930", "DE000000018", ""),  # no form is published, but something must be there
]


@pytest.mark.parametrize(("code", "right", "wrong"), NUMBERS)
def test_a_number_has_the_form_of_its_register(code: str, right: str, wrong: str) -> None:
    assert is_well_formed(code, right)
    assert not is_well_formed(code, wrong)


@pytest.mark.parametrize("number", ["123 456 785", "١٢٣٤٥٦٧٨٥", "000000000"])
def test_what_only_looks_like_a_number_is_refused(number: str) -> None:
    assert not is_well_formed("0192", number)


def test_an_unknown_register_accepts_nothing() -> None:
    assert not is_well_formed("0000", "1")


def test_the_table_is_the_published_code_list(shared: Path) -> None:
    listed = json.loads((shared / LIST).read_bytes())["values"]
    published = {
        (one["iso6523"], one["schemeid"], one["country"].replace("international", ""), one["state"] == "active")
        for one in listed
    }
    assert {(one.code, one.name, one.country, one.is_active) for one in REGISTERS.values()} == published
