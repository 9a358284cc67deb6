"""Values that software trips over: numbers, dates and texts of every odd shape."""

from decimal import Decimal, InvalidOperation, localcontext
from random import Random
from typing import Final

NUMBERS: Final = (
    *("0", "1", "-1", "2", "100", "10.00", "0.01", "-0.01", "0.005", "0.02", "0.025", "1.005"),
    # zeros and signs
    *("-0", "+0", "-0.00", "+1", "00.10", "000", ".5", "5.", "-.5", ".", "-", "+"),
    # doubles that are no decimals, and the other way round
    *("NaN", "INF", "-INF", "1E5", "1e0", "-1.5E-3", "1e400", "0x10", "1d", "1_000"),
    # numbers as people write them
    *("1,00", "1.000,00", "1 000", "1'000", "10 %", "€ 1", "１２", "٣"),
    # more digits than a double or a 64-bit integer has
    *("123456789012345678901234567890", "-999999999999999999999999999999.99", "9007199254740993"),
    *("0.000000000000000000000000000001", "1.000000000000000000000000000001", "99999999999999.995"),
    "9" * 60,
)
DATES: Final = (
    *("2026-03-02", "2026-03-01", "2026-03-31", "1999-12-31", "9999-12-31", "10000-01-01", "-0001-01-01"),
    *("0000-01-01", "0001-01-01", "2026-02-29", "2024-02-29", "2026-02-30", "2026-13-01", "2026-00-10"),
    *("2026-3-2", "20260302", "02/03/2026", "02.03.2026", "2026-03-02Z", "2026-03-02+01:00", "2026-03-02-14:00"),
    *("2026-03-02T00:00:00", "2026-03-02+15:00", " 2026-03-02", "2026-03-02 ", "26-03-02", "2026-03"),
)
TEXTS: Final = (
    *("", " ", "\n\t ", "\u00a0", "\u2003", "\u200b", "a", "abc", "a b", " a  b ", "ABC-123", "ä", "日本", "🧾"),
    *("true", "false", "TRUE", "False", " true ", "1", "0", "yes", "EUR", "eur", "S", "s", " S ", "VAT", "vat", "GST"),
    *("#", "##", "#a#", "#AAI#", "|", "||", "::", "/", "@", "a@b", "a@b.c", "x.@y.z", "ab@cd.ef", "http:", "http://x"),
    *("DK", "SE", "NO", "DE", "IT", "NL", "IS", "GR", "EL", "gb", "XX", "1A", "SE123456789701", "EL123456783", "NL"),
    *("0", "00", "123", "1234567", "12345678", "1234567890", "12345678901234567890", "a" * 300, "<&>\"'"),
    *("#SKONTO#TAGE=14#PROZENT=2.25#", "#SKONTO#TAGE=14#PROZENT=2.25#\n", "#SKONTO#TAGE=1#PROZENT=1#\n", "\n#\n"),
)


def odd_value(random: Random) -> str:
    """One of all of these."""
    return random.choice(random.choice((NUMBERS, DATES, TEXTS)))


def near(random: Random, text: str) -> str:
    """A number beside this one, or the same one written another way; an odd value where this is no number."""
    try:
        number = Decimal(text.strip())
    except InvalidOperation:
        return odd_value(random)
    with localcontext() as context:
        context.prec = 80
        step = Decimal(random.choice(("0.01", "-0.01", "0.02", "-0.02", "0.03", "0.001", "0.005", "1", "-1", "0.5")))
        return random.choice(
            (
                str(number + step),
                str(number + step),
                str(-number),
                f"{text}0",
                f"{text}00",
                f"{text}.000" if "." not in text else f"{text}001",
                f"+{text}",
                f" {text} ",
                f"0{text}",
                str(number * 10),
                str(number / 3)[:30] if number.is_finite() else text,
                str(number.to_integral_value()) if number.is_finite() else text,
            )
        )


def recased(random: Random, text: str) -> str:
    """The same text in other letters or with other blanks."""
    return random.choice(
        (
            text.lower(),
            text.upper(),
            text.swapcase(),
            f" {text}",
            f"{text}\n",
            f"\u00a0{text}",
            " ".join(text),
            text[:-1],
            text[1:],
            f"{text}{text[-1:]}",
            text.replace(" ", "  "),
            f"{text} {text}",
        )
    )
