"""The official rule sets that an operator has installed, beside our own rules wherever these are asked.

A format whose profiles have rules on UBL is given out with the judges behind them; whoever checks by it (`check`, the
API, what is read, what would leave) asks both without knowing.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from formats.contract import Format, Profile
from formats.en16931 import Invoice
from formats.ubl.assertions import RuleSet
from formats.ubl.verdict import ByRules
from formats.ubl.writer import draft
from gateway.errors import SettingWrong, WrongContent
from gateway.judges import Artefact, Judges, admit
from gateway.registry import Registry, profiles_of
from gateway.settings import Settings, read_settings
from gateway.wiring.logs import speak

_SAMPLE: Final = Invoice()
"""An invoice that lacks everything, so that every rule set has something against it."""


def judges_of(settings: Settings) -> Judges:
    """The judges of an installation, whether there are some or not."""
    return Judges(settings.judges.folder or settings.data.absolute() / "judges")


def beside(known: Registry, judges: Judges) -> Registry:
    """The same formats and channels; the rules of the formats are followed by the judges."""
    return replace(known, formats=_Judged(known.formats, judges))


def asked(formats: Mapping[str, Format], *, demanded: bool) -> Mapping[str, Format]:
    """The formats with the judges of the settings that are in force here; as they are, where none is installed.

    demanded: somebody asked for judges. Raises SettingWrong where there are none then, or one cannot be asked.
    """
    judges = judges_of(read_settings())
    judges.check_ready()
    if judges.shelf.all():
        speak("warning")
        return _Judged(formats, judges)
    if demanded:
        problem = f"no official rule set is installed in {judges.shelf.folder}"
        raise SettingWrong("judges.folder", problem, "Install one with `gateway artefacts add`.")
    return formats


def add(formats: Mapping[str, Format], judges: Judges, name: str, content: bytes) -> Artefact:
    """Make a stylesheet the judge by the rules of this name. Raises WrongContent where it cannot be."""
    known = _rule_sets(formats)
    if name not in known:
        problem = f"there is no rule set called {name}; say with --as which one it is: {', '.join(sorted(known))}"
        raise WrongContent("name", problem)
    admit(known[name], content, draft(_SAMPLE).decode())
    return judges.shelf.put(name, content)


def remove(judges: Judges, name: str) -> Artefact:
    """Judge by the rule set of this name no more. Raises WrongContent where none is installed."""
    installed = {one.rules: one for one in judges.shelf.all()}
    if name not in installed:
        raise WrongContent("name", f"no rule set {name} is installed; there are {', '.join(installed) or 'none'}")
    judges.shelf.remove(installed[name])
    judges.tally.forget(installed[name])
    return installed[name]


def _rule_sets(formats: Mapping[str, Format]) -> Mapping[str, RuleSet]:
    """The rule sets on UBL that profiles apply, by name: those that can have a judge."""
    found = (profile.check.rule_sets for profile in profiles_of(formats).values() if isinstance(profile.check, ByRules))
    return {one.name: one for rule_sets in found for one in rule_sets}


@dataclass(frozen=True, slots=True)
class _Judged(Mapping[str, Format]):
    """Formats by name, each with the judges behind its rules; loaded when it is asked for, and always the same one."""

    formats: Mapping[str, Format]
    judges: Judges
    made: dict[str, Format] = field(default_factory=dict)

    def __getitem__(self, name: str) -> Format:
        if name not in self.made:
            plain = self.formats[name]
            self.made[name] = replace(plain, profiles=tuple(self._judged(one) for one in plain.profiles))
        return self.made[name]

    def __contains__(self, name: object) -> bool:
        return name in self.formats

    def __iter__(self) -> Iterator[str]:
        return iter(self.formats)

    def __len__(self) -> int:
        return len(self.formats)

    def _judged(self, profile: Profile) -> Profile:
        if not isinstance(profile.check, ByRules):
            return profile
        return replace(profile, check=replace(profile.check, second=self.judges))
