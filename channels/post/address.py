"""The lines of an address as the post of its country reads them."""

from collections.abc import Iterator, Mapping
from typing import Final

from babel import Locale
from babel.languages import get_official_languages

# Countries that write the post code on a line of its own below the town, or behind town and region (UPU S42).
_CODE_BELOW: Final = frozenset({"GB", "GG", "JE", "IM", "IE", "MT"})
_CODE_BEHIND: Final = frozenset({"US", "CA", "AU", "NZ", "IN"})


def address_lines(address: Mapping[str, str], posted_in: str) -> tuple[str, ...]:
    """Name, street, town, and the country in capitals where the letter leaves the country that it is posted in.

    address:    the parcel's terms: name, line1, line2, line3, post_code, city, subdivision, country
    posted_in:  ISO 3166-1 code, "" where it is not known: then the country always stands there. It is named in the
                language of that country, whose sorters read it
    """
    return tuple(filter(None, _lines({term: one_line(text) for term, text in address.items()}, posted_in)))


def one_line(text: str) -> str:
    """The text without line ends and other signs that have no shape."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())


def _lines(address: Mapping[str, str], posted_in: str) -> Iterator[str]:
    country = address.get("country", "")
    for term in ("name", "line1", "line2", "line3"):
        yield address.get(term, "")
    yield from _town(address.get("post_code", ""), address.get("city", ""), address.get("subdivision", ""), country)
    if country != posted_in:
        yield _country(country, posted_in).upper()


def _town(code: str, city: str, region: str, country: str) -> tuple[str, ...]:
    if country in _CODE_BELOW:
        return city, region, code
    if country in _CODE_BEHIND:
        return (_joined(f"{city}," if city and region else city, region, code),)
    if country == "IT":
        return (_joined(code, city, f"({region})" if len(region) == 2 else region),)
    return _joined(code, city), region


def _joined(*words: str) -> str:
    return " ".join(filter(None, words))


def _country(code: str, posted_in: str) -> str:
    language = (*get_official_languages(posted_in, de_facto=True), "en")[0]
    return str(Locale.parse(language).territories.get(code, code))
