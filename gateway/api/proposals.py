"""What would put right an invoice whose sums fail by rounding, as it goes over the wire."""

from pydantic import Field

from formats.en16931.rounding import Change
from gateway.api.shapes import JudgedShape, Shape


class ChangeShape(Shape):
    """One value that would change."""

    kind: Change = Field(description="What kind of change it belongs to, least first.", examples=["decimals"])
    term: str = Field(examples=["BT-146"])
    path: str = Field(examples=["BG-25[1]/BG-29/BT-146"])
    before: str | None = Field(description="null where the invoice says nothing.", examples=["0.3333"])
    after: str = Field(examples=["0.333333"])
    arithmetic: str = Field(examples=["3000 x 0.333333 = 999.999, rounded 1000.00"])
    because: str = Field(description="Why it is lawful.", examples=["A price may have as many decimals as it needs."])


class ProposalShape(Shape):
    """The least lawful change that makes the sums right, or why there is none."""

    possible: bool = Field(description="Whether there is one.", examples=[True])
    makes_valid: bool = Field(description="Whether nothing fatal would be left to be said.", examples=[True])
    amount_due: str | None = Field(description="BT-115, before and after.", examples=["1200.00"])
    changes: list[ChangeShape]
    path: str = Field(description="Of what stands in the way.", examples=[""])
    reason: str = Field(description="Why there is none.", examples=[""])


class VerdictShape(JudgedShape):
    """One document of a file that was only checked, and what would put its sums right."""

    proposal: ProposalShape | None = Field(
        description="Where it was asked for; null where no rule on the sums fails.", examples=[None]
    )
