"""Texts in the letters that FatturaPA takes."""

import hypothesis
import pytest
from hypothesis import strategies as st

from formats.fatturapa.alphabet import in_alphabet, shortened
from formats.fatturapa.elements import ANY_LETTER, BASIC_LATIN, LATIN_1


@pytest.mark.parametrize(
    ("text", "latin", "ascii_only"),
    [
        ("Così è più", "Così è più", "Cosi e piu"),
        ("Größe & Söhne", "Größe & Söhne", "Grosse & Sohne"),
        ("€ 7", "EUR 7", "EUR 7"),
        ("“Łódź” – œuvre…", '"Lódz" - oeuvre...', '"Lodz" - oeuvre...'),
        ("Αθήνα", "Athina", "Athina"),
        ("Київ, Щука", "Kiiv, Shchuka", "Kiiv, Shchuka"),
        ("e\u0301", "é", "e"),  # put together first
        ("zero\u200bwidth", "zerowidth", "zerowidth"),
        ("日本", "??", "??"),
        ("ﬁ ½ ①", "fi ½ 1", "fi 1/2 1"),
        ("\u200b", "?", "?"),  # never nothing
        ("", "", ""),
    ],
)
def test_letters_are_written_by_their_neighbours(text: str, latin: str, ascii_only: str) -> None:
    assert in_alphabet(text, LATIN_1) == latin
    assert in_alphabet(text, BASIC_LATIN) == ascii_only
    assert in_alphabet(text, ANY_LETTER) == text


@hypothesis.given(st.text(st.characters(exclude_categories=["Cs"])), st.sampled_from((BASIC_LATIN, LATIN_1)))
def test_nothing_outside_the_alphabet_is_left(text: str, last_letter: str) -> None:
    written = in_alphabet(text, last_letter)
    assert all(letter <= last_letter for letter in written)
    assert bool(written) == bool(text)
    assert in_alphabet(written, last_letter) == written


def test_a_text_is_cut_without_blanks_at_its_ends() -> None:
    assert shortened("abc def", 4) == "abc"
    assert shortened("abc", 4) == "abc"
