"""Mail addresses as the house knows them and as they go on the wire."""

import re
from typing import Final

import idna

# RFC 5321 4.1.2 without quoted local parts and address literals, which no buyer has; with the letters of RFC 6531.
_ATOM: Final = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~\-\u00a1-\U0010ffff]+"
_LOCAL: Final = re.compile(rf"(?=[^@]{{1,64}}$){_ATOM}(\.{_ATOM})*")
_DOMAIN: Final = re.compile(r"(?!-)[A-Za-z0-9_-]{1,63}(\.(?!-)[A-Za-z0-9_-]{1,63})*")


def split_addresses(text: str) -> tuple[str, ...]:
    """`a@example.com, b@example.com` as a tuple, each address once, in order."""
    return tuple(dict.fromkeys(one.strip() for one in text.split(",") if one.strip()))


def on_the_wire(address: str) -> str:
    """The address as SMTP takes it: the domain as A-labels (IDNA 2008), the local part untouched.

    Raises ValueError, with the address, where nothing of the kind can be a mailbox.
    """
    local, at, domain = address.rpartition("@")
    try:
        ascii_domain = domain if domain.isascii() else idna.encode(domain, uts46=True).decode("ascii")
    except idna.IDNAError as error:
        raise ValueError(f"{address!r} has no domain that can exist: {error}") from error
    if not at or not _LOCAL.fullmatch(local) or not local.isprintable() or not _is_domain(ascii_domain):
        raise ValueError(f"{address!r} is not a mail address")
    return f"{local}@{ascii_domain}"


def domain_of(address: str) -> str:
    """What stands behind the @, in small letters."""
    return address.rpartition("@")[2].lower()


def _is_domain(domain: str) -> bool:
    return len(domain) <= 253 and _DOMAIN.fullmatch(domain) is not None
