"""When a rule applies, as data: a tree of facts. `rules.answers` reads it aloud and answers it.

All facts that a condition names must hold; where a fact lists several values, one of them. Conditions nest by `all_of`,
`any_of` and `not`; the empty condition always holds.

    when: {buyer_country: [DE, AT], amount: {over: 5000, currency: EUR}, not: {tag: paper-only}}
"""

from decimal import Decimal
from typing import Annotated, Final

import msgspec

from rules.recipient import Country, Plain

MOST_DIGITS: Final = 18
DocumentKind = Annotated[str, msgspec.Meta(pattern="^(invoice|credit_note|[0-9]{2,3})$")]


class Amount(Plain, frozen=True, kw_only=True):
    """A range of the invoice total with VAT (BT-112) in one currency: `over` and `under` exclude the limit itself."""

    currency: Annotated[str, msgspec.Meta(pattern="^[A-Z]{3}$")]
    over: Decimal | None = None
    at_least: Decimal | None = None
    under: Decimal | None = None
    at_most: Decimal | None = None

    def __post_init__(self) -> None:
        limits = [one for one in (self.over, self.at_least, self.under, self.at_most) if one is not None]
        if not limits or not all(one.is_finite() and abs(one.adjusted()) <= MOST_DIGITS for one in limits):
            raise ValueError("name a limit as a number of usual size: over, at_least, under or at_most")


class Condition(Plain, frozen=True, kw_only=True):
    """What must be so for a rule to apply. A list means: one of these.

    recipient:                 the recipient's id, or one of its identifiers
    buyer_country:             BT-55, or the country kept for the recipient
    public_body:               whether the recipient is a public body
    buyer_has_vat_identifier:  whether BT-48 is stated: businesses have one, most private persons do not
    seller:                    BT-31, BT-30, BT-29 or BT-27 of the seller
    seller_country:            BT-40
    document:                  `invoice`, `credit_note`, or a type code (BT-3) such as `381`
    amount:                    the invoice total with VAT
    tag:                       a tag of the recipient or of the submission
    can_receive:               channels that reach the recipient with this kind of document
    """

    recipient: tuple[str, ...] = ()
    buyer_country: tuple[Country, ...] = ()
    public_body: bool | None = None
    buyer_has_vat_identifier: bool | None = None
    seller: tuple[str, ...] = ()
    seller_country: tuple[Country, ...] = ()
    document: tuple[DocumentKind, ...] = ()
    amount: Amount | None = None
    tag: tuple[str, ...] = ()
    can_receive: tuple[str, ...] = ()
    all_of: tuple["Condition", ...] = ()
    any_of: tuple["Condition", ...] = ()
    not_: "Condition | None" = msgspec.field(default=None, name="not")
