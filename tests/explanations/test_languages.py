"""What findings say is complete and well made in every language."""

from collections.abc import Iterator
from string import Formatter

import pytest

from formats.explanations import ENGLISH, LANGUAGES, Entry, blanks_of, entry_of, ids
from gateway.registry import formats_at_hand, profiles_of

TRANSLATIONS = tuple(one for one in LANGUAGES if one != ENGLISH)
# The last words of a text; a `reason` is a sentence itself.
LAST_WORDS = (".", "{reason}")
in_every_language = pytest.mark.parametrize("language", LANGUAGES)
in_every_translation = pytest.mark.parametrize("language", TRANSLATIONS)


@pytest.fixture(scope="module")
def published() -> frozenset[str]:
    """The id of every rule of every rule set that this installation has."""
    profiles = profiles_of(formats_at_hand()).values()
    return frozenset().union(*(rules.ids for profile in profiles for rules in profile.rules))


@in_every_language
def test_every_rule_of_every_rule_set_has_words(language: str, published: frozenset[str]) -> None:
    assert len(published) > 1000
    lacking = sorted(one for one in published if not _has_words(one, language))
    assert not lacking, f"{language} has no words for {', '.join(lacking)}"


@in_every_translation
def test_a_translation_has_the_entries_that_english_has(language: str) -> None:
    lacking = ids(ENGLISH) - ids(language)
    assert not lacking, f"{language} has no words for {', '.join(sorted(lacking))}"


@in_every_translation
def test_a_translation_quotes_nothing_that_english_does_not(language: str) -> None:
    strange = {
        one.id: sorted(blanks)
        for one, english in _translated(language)
        if (blanks := blanks_of(one.what + one.fix) - blanks_of(english.what + english.fix))
    }
    assert strange == {}


@in_every_translation
def test_a_translation_is_not_the_english_text(language: str) -> None:
    same = [one.id for one, english in _translated(language) if one.what == english.what or one.fix == english.fix]
    assert same == []


@in_every_language
def test_a_text_is_whole_sentences_with_single_blanks(language: str) -> None:
    badly_set = [
        (one.id, text)
        for one in _entries(language)
        for text in (one.what, one.fix)
        if not text.endswith(LAST_WORDS) or text.endswith("..") or text != " ".join(text.split())
    ]
    assert badly_set == []


@in_every_language
def test_a_blank_is_a_plain_name(language: str) -> None:
    """`{line}`: no brace without its other half, no number, no conversion, no format."""
    malformed = [
        (one.id, text) for one in _entries(language) for text in (one.what, one.fix) if not _has_plain_blanks(text)
    ]
    assert malformed == []


def _has_words(rule_id: str, language: str) -> bool:
    """Whether the entry in a language is about as many rules as the English one: not that of a wider family."""
    entry, english = entry_of(rule_id, language), entry_of(rule_id)
    if entry is None or english is None or entry.id != english.id:
        return False
    return language == ENGLISH or (entry.what, entry.fix) != (english.what, english.fix)


def _entries(language: str) -> Iterator[Entry]:
    return (entry for one in sorted(ids(language)) if (entry := entry_of(one, language)) is not None)


def _translated(language: str) -> Iterator[tuple[Entry, Entry]]:
    """The entries that a language has, each beside the English one."""
    for one in _entries(language):
        english = entry_of(one.id)
        assert english is not None, f"English has no words for {one.id}"
        yield one, english


def _has_plain_blanks(text: str) -> bool:
    try:
        parts = list(Formatter().parse(text))
    except ValueError:
        return False
    return all(
        name is None or (name.isidentifier() and not spec and conversion is None) for _, name, spec, conversion in parts
    )
