"""What would put right an invoice whose sums fail by rounding, for people."""

from typing import TYPE_CHECKING

from gateway.cli.screen import say

if TYPE_CHECKING:
    from gateway.pipeline.rounding import Rounding


def print_proposal(rounding: "Rounding | None") -> None:
    """Before, after, the arithmetic, and why it is lawful; or why nothing is proposed."""
    if rounding is None:
        return
    if rounding.after is None:
        say(f"  no proposal: {rounding.reason}", colour="yellow")
        return
    due = rounding.as_data()["amount_due"]
    rest = "the invoice would be valid" if rounding.makes_valid else "what else is wrong stays"
    say(f"  proposal: the amount due stays {due}; {rest}", colour="green")
    for step in rounding.steps:
        before = "nothing" if step.before is None else f"{step.before:f}"
        say(f"    {step.path}: {before} -> {step.after:f}")
        say(f"        {step.arithmetic}")
        say(f"        {step.because}", dim=True)
