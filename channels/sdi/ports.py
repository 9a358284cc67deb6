"""What the house lends this channel: the envelopes of SdICoop, which are a format, and the time.

write_upload        file name, content -> SOAP 1.1 envelope of RiceviFile
read_upload_answer  SOAP 1.1 envelope  -> what SDI answered
now                 the moment, in UTC
"""

import datetime
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol, cast

from channels.contract import Misconfigured


class UploadAnswer(Protocol):
    """rispostaSdIRiceviFile, or the SOAP Fault in its place.

    identifier:  IdentificativoSdI, "" in a fault
    error:       EI01, EI02, EI03; "" where the file was taken
    fault:       faultcode without its prefix (`Client`, `Server`); "" where this is no fault
    text:        faultstring, "" where there is none
    """

    @property
    def identifier(self) -> str: ...

    @property
    def error(self) -> str: ...

    @property
    def fault(self) -> str: ...

    @property
    def text(self) -> str: ...


WriteUpload = Callable[[str, bytes], bytes]
ReadUploadAnswer = Callable[[bytes], UploadAnswer]
Now = Callable[[], datetime.datetime]


@dataclass(frozen=True, slots=True)
class Ports:
    """The lent functions. read_upload_answer raises whatever it likes for bytes that are no answer of RiceviFile."""

    write_upload: WriteUpload
    read_upload_answer: ReadUploadAnswer
    now: Now


def take_ports(ports: Mapping[str, object]) -> Ports:
    """The three functions by their names; others may be lent beside them. Raises Misconfigured for a missing one."""
    for name in Ports.__slots__:
        if not callable(ports.get(name)):
            raise Misconfigured("sdi.ports", f"the house lends channel `sdi` no function `{name}`")
    return Ports(
        write_upload=cast(WriteUpload, ports["write_upload"]),
        read_upload_answer=cast(ReadUploadAnswer, ports["read_upload_answer"]),
        now=cast(Now, ports["now"]),
    )
