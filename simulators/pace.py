"""How long the parties take, in seconds of simulated time: a row a pace, chosen with `--pace`."""

from dataclasses import asdict, dataclass, fields

MINUTE, HOUR, DAY = 60.0, 3_600.0, 86_400.0


@dataclass(frozen=True)
class Pace:
    """Each field is the time from the step before it.

    `demo` ends within seconds, `real` takes what the real parties take.
    """

    mls: float = 2.0
    """Peppol: from the AS4 receipt to the Message Level Status."""
    ap_retry: float = 3.0
    """Peppol: from a failed sending attempt to the access point's own next one."""
    ns: float = 1.0
    """SDI: from the upload to the rejection."""
    rc: float = 1.5
    """SDI: from the upload to the delivery receipt."""
    mc: float = 1.5
    """SDI: from the upload to the notice of failed delivery."""
    ne: float = 1.0
    """SDI: from the delivery to the office's answer."""
    dt: float = 3.0
    """SDI: from the delivery to the end of the term."""
    at: float = 1.0
    """SDI: from the failed delivery to the attestation."""
    notice_retry: float = 1.0
    """SDI: until a notice that the transmitter did not take is sent again."""
    taken: float = 0.3
    """Print house: from the ticket to the first status file."""
    printed: float = 0.7
    posted: float = 1.0
    returned: float = 1.5
    keeps_calendar: bool = False
    """Print house: never posts before `post_not_before`."""


PACES = {
    "demo": Pace(),
    "real": Pace(
        mls=10 * MINUTE,
        ap_retry=3 * MINUTE,
        ns=5 * MINUTE,
        rc=10 * MINUTE,
        mc=48 * HOUR,
        ne=3 * DAY,
        dt=15 * DAY,
        at=10 * DAY,
        notice_retry=15 * MINUTE,
        taken=10 * MINUTE,
        printed=12 * HOUR,
        posted=8 * HOUR,
        returned=5 * DAY,
        keeps_calendar=True,
    ),
}


def read_pace(words: str) -> Pace:
    """`demo`, `real`, or one of them with changes: `demo,mls=30,rc=0.1`.

    Raises ValueError, naming the word that is no pace and no field of one.
    """
    name, *changes = words.split(",")
    if name not in PACES:
        raise ValueError(f"{name!r} is no pace; take one of {', '.join(PACES)}")
    known = {entry.name for entry in fields(Pace)} - {"keeps_calendar"}
    values: dict[str, float] = {}
    for change in changes:
        key, _, seconds = change.partition("=")
        if key not in known:
            raise ValueError(f"{key!r} is no field of a pace; take one of {', '.join(sorted(known))}")
        values[key] = float(seconds)
    return Pace(**{**asdict(PACES[name]), **values})
