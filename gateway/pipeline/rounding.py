"""What comes of an invoice whose totals fail by rounding: a proposal, applied where its sender says so."""

from dataclasses import dataclass, replace
from typing import Final

from formats.en16931 import Totals
from formats.en16931.rounding import Step
from formats.en16931.terms import number_of
from gateway.pipeline.verdict import Checked
from gateway.store.records import Told

APPLY: Final = "apply"


@dataclass(frozen=True, slots=True)
class Rounding:
    """What the rounding solver says of an invoice.

    steps:       what would change; none where nothing is proposed
    after:       the invoice after them, checked again; None where nothing is proposed
    path, reason: why nothing is proposed
    is_applied:  whether it was changed, and goes on so
    """

    steps: tuple[Step, ...] = ()
    after: Checked | None = None
    path: str = ""
    reason: str = ""
    is_applied: bool = False

    @property
    def makes_valid(self) -> bool:
        """Whether nothing fatal is left to be said of the invoice after it."""
        return self.after is not None and self.after.report.is_valid

    def as_data(self) -> dict[str, object]:
        """As the log, the API and the command line have it."""
        totals = (self.after.invoice.totals if self.after is not None else None) or Totals()
        return {
            "possible": self.after is not None,
            "makes_valid": self.makes_valid,
            "amount_due": None if totals.due is None else f"{totals.due:f}",
            "changes": [_step(one) for one in self.steps],
            "path": self.path,
            "reason": self.reason,
        }


def _step(step: Step) -> dict[str, object]:
    return {
        "kind": step.change.value,
        "term": number_of(step.path),
        "path": step.path,
        "before": None if step.before is None else f"{step.before:f}",
        "after": f"{step.after:f}",
        "arithmetic": step.arithmetic,
        "because": step.because,
    }


def settled(rounding: Rounding | None, setting: object) -> Rounding | None:
    """The proposal, applied where the sender's setting says `apply` and nothing else is wrong with the invoice."""
    if rounding is None or setting != APPLY or not rounding.makes_valid:
        return rounding
    return replace(rounding, is_applied=True)


def told_of(rounding: Rounding | None) -> Told | None:
    """The event of the document that tells of a proposal, with its arithmetic; None where there is none."""
    if rounding is None or rounding.after is None:
        return None
    values = "1 value" if len(rounding.steps) == 1 else f"{len(rounding.steps)} values"
    if rounding.is_applied:
        sentence = (
            f"The sums failed by rounding. As the sender's settings say, {values} changed; the amount due did not."
        )
        return Told("document.rounded", sentence, rounding.as_data())
    sentence = f"The sums fail by rounding. A change of {values} would put them right; the amount due would not change."
    return Told("document.rounding_proposed", sentence, rounding.as_data())
