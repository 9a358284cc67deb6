"""FatturaPA 1.2.3 and the words of SDI, the Italian exchange (specifiche tecniche, Allegato A 1.9.1).

elements, schema     the table of elements, and the XML schema that is made of it
document             a document as blocks: read, or put in order and written
alphabet, codes      the letters it takes; its code lists beside those of EN 16931
manifest, notebook   what a written document carries and what it does not; where in a read one each value stood
transmission, fiscal, address, seller, buyer, general, references, delivery, lines, price, marks, allowances, funds,
vat, summary, payment, attachments, totals  one part of the document each, `write_...` beside `read_...`
writer, reader       the whole: Invoice -> bytes (credit), bytes -> Invoice (body, simplified); envelope opens signed
                     files, cutting takes one invoice out of several
requirements         what an invoice must say to be written at all
checks               the schema and the controls of SDI (sdi_head, sdi_lines, sdi_vat) on the bytes (submission)
notices, error_codes what SDI answers, and what its codes mean
sdicoop, mtom        the SOAP messages of the channel SdICoop; file_names: how SDI wants files named
"""

from typing import Final

from formats.contract import Format
from formats.fatturapa.checks import check_bytes
from formats.fatturapa.profiles import PROFILES
from formats.fatturapa.reader import read, recognises
from formats.fatturapa.writer import write

FORMAT: Final = Format(
    name="fatturapa",
    title="FatturaPA 1.2.3",
    media_type="application/xml",
    suffix=".xml",
    recognises=recognises,
    read=read,
    write=write,
    check_bytes=check_bytes,
    profiles=PROFILES,
)
