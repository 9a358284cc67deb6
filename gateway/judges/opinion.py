"""A judge is asked about a document, and what it says is compared with what our own rules said.

Their verdicts are proved equal in tests; in production the judge is the proof on this very document. A difference is
shown, logged and counted, and the stricter verdict holds.
"""

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Final

import structlog

from formats.checking import Applied, Finding, Publication, Report, Severity
from formats.xml import parse, serialize
from gateway.errors import SettingWrong
from gateway.judges.saxon import Answer, JudgeBroke, Saxon, StylesheetWrong, demand
from gateway.judges.shelf import SETTING, Artefact, Shelf
from gateway.judges.tally import Count, Tally

log = structlog.get_logger()

DISAGREES: Final = "GW-JUDGE-DISAGREES"
BROKE: Final = "GW-JUDGE-BROKE"
_MOST_NAMED: Final = 20
_QUOTED: Final = 300

Found = Counter[tuple[str, str]]


class Judges:
    """The judges of one installation. Called as `formats.ubl.verdict.SecondOpinion` wants it.

    One that is added or removed while the gateway runs counts from the next document on.
    """

    def __init__(self, folder: Path) -> None:
        self.shelf, self.tally = Shelf(folder), Tally(folder)
        self._saxon = Saxon()

    def check_ready(self) -> None:
        """Raises SettingWrong where a judge is installed that could not be asked."""
        installed = self.shelf.all()
        if installed:
            demand()
        for one in installed:
            self.shelf.content(one)

    def counts(self) -> tuple[tuple[Artefact, Count], ...]:
        """Every judge that is installed, and how often it said something else."""
        return tuple((one, self.tally.of(one)) for one in self.shelf.all())

    def __call__(self, rules: Publication, text: Callable[[], str], ours: tuple[Finding, ...]) -> Report:
        """What the judge by these rules has to add to our findings; nothing where none is installed.

        text: gives the UBL document. Raises SettingWrong where a judge is installed and cannot be asked.
        """
        judge = self.shelf.find(rules.name)
        if judge is None:
            return Report()
        try:
            answer = self._ask(judge, text())
        except JudgeBroke as error:
            self.tally.broke(judge)
            log.warning("a judge broke down over a document", rules=judge.rules, judge=judge.sha256, why=str(error))
            return Report((_broke(judge, str(error)),))
        return Report(self._differing(judge, answer, _found(ours)), (_applied(judge, answer),))

    def _ask(self, judge: Artefact, text: str) -> Answer:
        try:
            return self._saxon.ask(judge.rules, judge.sha256, lambda: decoded(self.shelf.content(judge)), text)
        except StylesheetWrong as error:
            problem = f"the rule set {judge.rules} ({judge.file}) cannot be compiled: {error}"
            raise SettingWrong(SETTING, problem, "Install it again, or remove it.") from None

    def _differing(self, judge: Artefact, answer: Answer, ours: Found) -> tuple[Finding, ...]:
        only_judge, only_ours = answer.failed - ours, ours - answer.failed
        if not only_judge and not only_ours:
            return ()
        self.tally.disagreed(judge)
        named = {"only_judge": _named(only_judge), "only_gateway": _named(only_ours)}
        log.warning("a judge disagrees with the gateway", rules=judge.rules, judge=judge.sha256, **named)
        return (_disagrees(judge, only_judge, only_ours),)


def _found(ours: tuple[Finding, ...]) -> Found:
    return Counter((one.id, one.severity.value) for one in ours)


def _applied(judge: Artefact, answer: Answer) -> Applied:
    return Applied(f"{judge.rules} (judge)", judge.mark, answer.applied)


def _disagrees(judge: Artefact, only_judge: Found, only_ours: Found) -> Finding:
    is_stricter = any(level == Severity.FATAL for _, level in only_judge)
    return Finding(
        DISAGREES,
        "",
        f"The official rules of {judge.rules} (judge {judge.mark}) and the gateway's own differ on this document."
        f" Only the judge finds: {_listed(only_judge)}. Only the gateway finds: {_listed(only_ours)}."
        f" The stricter verdict holds.",
        "Correct what either of them finds. Report the difference to the operator of the gateway, with the document: "
        "the judge may be of another version, or a rule of the gateway is wrong.",
        Severity.FATAL if is_stricter else Severity.WARNING,
    )


def _broke(judge: Artefact, why: str) -> Finding:
    quoted = why.rstrip(".") if len(why) <= _QUOTED else f"{why[:_QUOTED]}…"
    return Finding(
        BROKE,
        "",
        f"The official rules of {judge.rules} (judge {judge.mark}) broke down over this document: {quoted}.",
        "Correct the value that it names: whoever checks the document by these rules meets the same. Where it names "
        "none, report it to the operator of the gateway.",
    )


def _named(found: Found) -> list[str]:
    """`BR-02 fatal`, `BR-CO-10 fatal (3 times)`, in the order of their ids."""
    return [
        f"{identifier} {level}" if count == 1 else f"{identifier} {level} ({count} times)"
        for (identifier, level), count in sorted(found.items())
    ]


def _listed(found: Found) -> str:
    named = _named(found)
    more = f" and {len(named) - _MOST_NAMED} more" if len(named) > _MOST_NAMED else ""
    return f"{', '.join(named[:_MOST_NAMED])}{more}" if named else "nothing"


def decoded(stylesheet: bytes) -> str:
    """The text of a stylesheet. Raises XmlRefused."""
    return serialize(parse(stylesheet)).decode()
