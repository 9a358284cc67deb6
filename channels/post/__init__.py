"""Post: a print house behind SFTP. A letter is a folder with a PDF and a job ticket; its story comes as status files.

Parcel.key       the letter's key, for ever: `piece.key` in the ticket, `B-` and the key is the batch
Parcel.content   the letter as PDF, A4, the address where the envelope's window is
Parcel.address   name, line1, line2, line3, post_code, city, subdivision, country
Parcel.details   the ticket's terms as finished strings, see `ticket.Terms`
Receipt          signals `post.uploaded` (it lies in the drop folder), `post.accepted` (the house has it already)
Refused          signals `post.rejected.address` (incomplete), `post.batch_refused` (the house knows another one)
Notice           signals `post.accepted`, `.rejected`, `.rejected.address`, `.batch_refused`, `.on_hold`, `.printed`,
                 `.inserted`, `.spoiled`, `.posted`, `.tracked`, `.delivered`, `.forwarded`, `.returned`,
                 `.destroyed`, `.cancelled`, `.cancel_refused`; `.unknown` and `.unreadable` for a person to look at
"""

from channels.post.channel import CHANNEL
from channels.post.ticket import Terms

__all__ = ["CHANNEL", "Terms"]
