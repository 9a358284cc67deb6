"""What a rule says, whichever document it fails on: `gateway explain`."""

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches

from formats.contract import Profile
from formats.en16931.standing import names
from formats.explanations import LANGUAGES, entry_of, ids
from gateway.errors import WrongContent

_OWNERS: Mapping[str, str] = {
    "clerk": "whoever wrote the invoice",
    "master_data": "whoever keeps the master data of customers, articles and the own company",
    "operator": "the operator of the gateway",
    "recipient": "the recipient, who has to tell something first",
}


@dataclass(frozen=True, slots=True)
class RuleWords:
    """A rule in words.

    publications:  the rule sets that have it: `en16931 1.3.16`
    terms:         the business terms that it is about, by number and name
    owner:         who can repair what fails it
    what, fix:     with `{blanks}` where a document's own values will stand
    """

    id: str
    publications: tuple[str, ...]
    terms: tuple[tuple[str, str], ...]
    owner: str
    what: str
    fix: str

    def as_data(self) -> dict[str, object]:
        """For machines."""
        return {
            "id": self.id,
            "rule_sets": list(self.publications),
            "terms": [{"term": number, "name": name} for number, name in self.terms],
            "owner": self.owner,
            "message": self.what,
            "fix": self.fix,
        }


def words_of(profiles: Mapping[str, Profile], rule_id: str, language: str) -> RuleWords:
    """The words about a rule. Raises WrongContent for an unknown language or rule."""
    if language not in LANGUAGES:
        raise WrongContent("language", f"there is no {language}; there are {', '.join(LANGUAGES)}")
    published = {f"{rules.name} {rules.version}": rules.ids for profile in profiles.values() for rules in profile.rules}
    known = frozenset().union(ids(language), *published.values())
    asked = next((one for one in known if one.casefold() == rule_id.strip().casefold()), rule_id.strip())
    entry = entry_of(asked, language) if asked in known else None
    if entry is None:
        near = ", ".join(get_close_matches(asked.upper(), sorted(known), n=3))
        raise WrongContent("id of a rule", f"there is no {asked}" + (f"; did you mean {near}?" if near else ""))
    return RuleWords(
        asked,
        tuple(name for name, rules in published.items() if asked in rules),
        tuple((number, names().get(number, "")) for number in entry.terms),
        _OWNERS[entry.owner],
        entry.what,
        entry.fix,
    )
