"""Which `cac:AllowanceCharge` is an allowance and which a charge, wherever in the document it stands."""

from typing import NamedTuple

from formats.ubl.lexical import BLANKS, boolean_of
from formats.ubl.tree import Document, Element, Undecidable, string_of


class AllowanceCharge(NamedTuple):
    """An allowance or a charge; both where its indicator is stated twice, neither where it has none."""

    group: Element
    is_allowance: bool
    is_charge: bool


def allowance_charges_of(document: Document) -> tuple[AllowanceCharge, ...]:
    """All of them: of the document, of its lines, of their prices. What is no indicator says nothing here."""
    found = []
    for group in document.named("cac:AllowanceCharge"):
        said = {boolean_of(string_of(one).strip(BLANKS)) for one in group.named("cbc:ChargeIndicator")}
        found.append(AllowanceCharge(group, False in said, True in said))
    return tuple(found)


def indicators_are_decided(document: Document) -> None:
    """Raises Undecidable at the first ChargeIndicator that is neither true nor false.

    The official rules ask of every group whether it is an allowance and whether it is a charge, so such a value breaks
    them all; unless the group has said before that it is both.
    """
    for group in document.named("cac:AllowanceCharge"):
        answers: set[bool] = set()
        for one in group.named("cbc:ChargeIndicator"):
            said = string_of(one).strip(BLANKS)
            answer = boolean_of(said)
            if answer is None:
                raise Undecidable(one, f"“{said[:60]}” is neither true nor false")
            answers.add(answer)
            if len(answers) == 2:
                break
