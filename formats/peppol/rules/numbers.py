"""Forms and check digits of numbers in registers, as the rules of Peppol ask for them: by what their registers publish.

They are less strict than the registers in places, and say so; a number that names a participant is checked by
`formats.peppol.participants`.
"""

import re
from collections.abc import Callable
from typing import Final

from stdnum import luhn

from formats.peppol.participants import is_norwegian
from formats.ubl.lexical import BLANKS

_LETTERS: Final = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")
_ABN_WEIGHTS: Final = (10, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19)
_DUTCH_VAT: Final = re.compile(r"NL[0-9]{9}B[0-9]{2}", re.ASCII)
_INTEGER: Final = re.compile(r"[+-]?[0-9]+", re.ASCII)


def are_digits(text: str, length: int) -> bool:
    """Whether a text is so many digits, 0 to 9."""
    return len(text) == length and text.isascii() and text.isdigit()


def of_digits(length: int) -> Callable[[str], bool]:
    """The form of a number that has nothing but digits."""
    return lambda number: are_digits(number, length)


def is_norwegian_number(number: str) -> bool:
    """An organisasjonsnummer: nine digits, the last by modulus 11."""
    return are_digits(number, 9) and is_norwegian(number)


def is_danish(number: str) -> bool:
    """A CVR number: eight digits, with or without DK."""
    return are_digits(number.removeprefix("DK"), 8)


def is_danish_unit(number: str) -> bool:
    """A P number: ten digits."""
    return are_digits(number, 10)


def is_danish_vat(number: str) -> bool:
    """An SE number: DK and eight digits."""
    return number.startswith("DK") and are_digits(number[2:], 8)


def is_belgian(number: str) -> bool:
    """An enterprise number: ten digits, the last two are 97 less the remainder of the others."""
    return are_digits(number, 10) and int(number[8:]) == 97 - int(number[:8]) % 97


def is_italian_office(code: str) -> bool:
    """The code of an office in the index of public administrations (IPA): six letters or digits."""
    return len(code) == 6 and code.isascii() and code.isalnum()


def is_italian_tax_code(code: str) -> bool:
    """A codice fiscale, of persons 16 letters and digits, of others 11 digits; check characters are not looked at."""
    if len(code) == 11:
        return _is_integer(code)
    return (
        len(code) == 16
        and _LETTERS.issuperset(code[:6])
        and code[8] in _LETTERS
        and code[15] in _LETTERS
        and all(_is_integer(part) for part in (code[6:8], code[9:11], code[14]))
    )


def is_italian_vat(number: str) -> bool:
    """A partita IVA: after IT eleven digits, the last by Luhn; a number of another country is not looked at.

    Raises ValueError for a signed one, on which the official rule breaks.
    """
    if number[:2] not in ("IT", "it"):
        return True
    digits = number[2:]
    if len(digits) != 11 or not _is_integer(digits):
        return False
    if not digits[0].isdigit():
        raise ValueError(f"“{digits[0]}” is no digit of an Italian VAT number")
    return luhn.checksum(digits) == 0


def is_swedish(number: str) -> bool:
    """An organisationsnummer: ten digits, the last by Luhn."""
    return are_digits(number, 10) and luhn.checksum(number) == 0


def is_australian(number: str) -> bool:
    """An ABN: eleven digits; less one in the first, their weighted sum is a multiple of 89."""
    if not are_digits(number, 11):
        return False
    return (sum(int(digit) * weight for digit, weight in zip(number, _ABN_WEIGHTS, strict=True)) - 10) % 89 == 0


def is_dutch_vat(number: str) -> bool:
    """A btw-nummer: NL, nine digits, B, two digits."""
    return _DUTCH_VAT.fullmatch(number) is not None


def _is_integer(text: str) -> bool:
    return _INTEGER.fullmatch(text.strip(BLANKS)) is not None
