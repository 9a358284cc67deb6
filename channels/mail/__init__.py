"""Mail: hand-over to the operator's own relay by SMTP submission (RFC 6409), with TLS and, mostly, a login.

    Parcel.key       goes into Message-ID and, with the setting `bounce_address`, into the return path
    Parcel.content   the complete message (RFC 5322, MIME), as `message.compose` makes it and the archive keeps it
    Parcel.address   `to`: addresses with commas between them; `from`: the envelope's sender, where notices return
    Parcel.details   not read
    Receipt          signal `mail.250`: the relay took it for at least one address; `addresses` says for which
    Refused          signals `mail.5xx` (no address was taken), `mail.content` (size or content)
    Notice           none yet: what comes back later (DSN) arrives at the return path

Queueing towards the recipients' servers, DKIM, MTA-STS and reputation are the relay's trade.
"""

from channels.mail.channel import CHANNEL
from channels.mail.message import Attachment, Draft, attachment_name, compose

__all__ = ["CHANNEL", "Attachment", "Draft", "attachment_name", "compose"]
