"""What a rule says, whichever document it fails on: `gateway explain`."""

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Final

from formats.checking import Publication
from formats.contract import Profile
from formats.en16931.standing import names
from formats.explanations import LANGUAGES, entry_of, ids
from formats.fatturapa.checks import READABILITY, SDI_CONTROLS
from formats.fatturapa.error_codes import Decided, codes
from formats.fatturapa.schema import SCHEMA_CHECKS
from formats.fatturapa.sdi_sending import SENDING_CONTROLS
from gateway.errors import WrongContent

_OWNERS: Final[Mapping[str, str]] = {
    "clerk": "whoever wrote the invoice",
    "master_data": "whoever keeps the master data of customers, articles and the own company",
    "operator": "the operator of the gateway",
    "recipient": "the recipient, who has to tell something first",
    "nobody": "nobody: nothing is wrong, or it passes by itself",
}
# What is asked of a FatturaPA file itself, on its way in or out, whatever profile it is of.
_OF_FILES: Final[tuple[Publication, ...]] = (READABILITY, SCHEMA_CHECKS, SDI_CONTROLS, SENDING_CONTROLS)
_DECIDED: Final[Mapping[Decided, str]] = {
    Decided.FILE: "The gateway decides it, by the file alone.",
    Decided.SENDING: "The gateway decides it when the file leaves, by its name, the moment and the signature.",
    Decided.WARNING: "SDI alone decides it; the gateway warns where the file shows that it may be so.",
    Decided.LEDGER: "The gateway decides it by what it sent before.",
    Decided.SDI: "SDI alone decides it.",
    Decided.ANSWER: "It is no control of a file.",
}


@dataclass(frozen=True, slots=True)
class RuleWords:
    """A rule in words.

    publications:  the rule sets that have it: `en16931 1.3.16`
    terms:         the business terms that it is about, by number and name
    owner:         who can repair what fails it
    decided:       of a code of SDI: who can decide it before the file is sent, and why nobody else; else ""
    what, fix:     with `{blanks}` where a document's own values will stand
    """

    id: str
    publications: tuple[str, ...]
    terms: tuple[tuple[str, str], ...]
    owner: str
    what: str
    fix: str
    decided: str = ""

    def as_data(self) -> dict[str, object]:
        """For machines."""
        return {
            "id": self.id,
            "rule_sets": list(self.publications),
            "terms": [{"term": number, "name": name} for number, name in self.terms],
            "owner": self.owner,
            "message": self.what,
            "fix": self.fix,
            "decided": self.decided,
        }


def words_of(profiles: Mapping[str, Profile], rule_id: str, language: str) -> RuleWords:
    """The words about a rule. Raises WrongContent for an unknown language or rule."""
    if language not in LANGUAGES:
        raise WrongContent("language", f"there is no {language}; there are {', '.join(LANGUAGES)}")
    of_profiles = (rules for profile in profiles.values() for rules in profile.rules)
    published = {f"{rules.name} {rules.version}": rules.ids for rules in (*of_profiles, *_OF_FILES)}
    known = frozenset().union(ids(language), *published.values())
    asked = next((one for one in known if one.casefold() == rule_id.strip().casefold()), rule_id.strip())
    entry = entry_of(asked, language) if asked in known else None
    if entry is None:
        near = ", ".join(get_close_matches(asked.upper(), sorted(known), n=3))
        raise WrongContent("id of a rule", f"there is no {asked}" + (f"; did you mean {near}?" if near else ""))
    return RuleWords(
        asked,
        tuple(name for name, rules in published.items() if asked in rules) or _answers_of(asked),
        tuple((number, names().get(number, "")) for number in entry.terms),
        _OWNERS[entry.owner],
        entry.what,
        entry.fix,
        _decided(asked),
    )


def _answers_of(code: str) -> tuple[str, ...]:
    """A code that the gateway has no control for comes in SDI's answers alone."""
    return ("answers of SDI",) if code in codes() else ()


def _decided(code: str) -> str:
    known = codes().get(code)
    return f"{_DECIDED[known.decided]} {known.why}".rstrip() if known is not None else ""
