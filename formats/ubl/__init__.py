"""UBL 2.1 Invoice and CreditNote, as EN 16931-3-2 binds them to the canonical model.

reader, writer     the document as bytes <-> Invoice
document           BT-1 to BT-20, notes, process; the order of the groups
party, delivery, payment, references, attachments, allowances, vat, totals, lines
                   one business group a module, `read_x` beside `write_x`
node, pen          an element while it is read, and while it is written
lexical, names     how UBL writes values and calls its elements
notebook, faults   what the reader notices, and the words for it
schema             whether a file is right by the schema of OASIS
tree, growing      the document as rules look at it, grown while the file is parsed
assertions         rules, and the engine that runs them
checks/            the rules of EN 16931
telling, verdict   what fails becomes findings; the report of rule sets on an invoice of any format
profiles           which rules there are
"""

from typing import Final

from formats.contract import Format
from formats.ubl.profiles import PROFILES
from formats.ubl.reader import read, recognises
from formats.ubl.verdict import check_bytes
from formats.ubl.writer import write

FORMAT: Final = Format(
    name="ubl",
    title="UBL 2.1",
    media_type="application/xml",
    suffix=".xml",
    recognises=recognises,
    read=read,
    write=write,
    check_bytes=check_bytes,
    profiles=PROFILES,
)
