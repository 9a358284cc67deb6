"""Envelopes for tests."""

import datetime

from formats.peppol.header import Sbdh
from formats.peppol.identifiers import DocumentTypeId, ParticipantId, ProcessId
from formats.peppol.sbdh import write_sbdh
from formats.peppol.writer import BUSINESS_PROCESS, SPECIFICATION, write
from formats.ubl.names import INVOICE
from tests.samples import sample_invoice

DOCUMENT = write(sample_invoice()).content
HEADER = Sbdh(
    sender=ParticipantId("0088:9876543210982"),
    receiver=ParticipantId("0088:4000000123453"),
    document_type=DocumentTypeId.of_document(INVOICE, SPECIFICATION),
    process=ProcessId(BUSINESS_PROCESS),
    country="AT",
    instance_identifier="7d9f2c1e-0000-4000-8000-000000000001",
    created=datetime.datetime(2026, 3, 2, 9, 30, 15, tzinfo=datetime.UTC),
)
ENVELOPE = write_sbdh(DOCUMENT, HEADER)
