"""The SOAP envelope in an HTTP body: the body itself, or the first part of an MTOM message.

SDI's types allow MTOM (xmime:expectedContentTypes), so its server may wrap an answer although nothing is attached.
"""

import re
from email.message import Message


def soap_part(media_type: str, body: bytes) -> bytes:
    """The envelope. Raises ValueError for a multipart body without the part that it calls its root (RFC 2387)."""
    kind = Message()
    kind["Content-Type"] = media_type
    if kind.get_content_type() != "multipart/related":
        return body
    root = str(kind.get_param("start", "")).strip("<>")
    boundary = str(kind.get_param("boundary", ""))
    for piece in (b"\r\n" + body).split(b"\r\n--" + boundary.encode())[1:]:
        head, blank, content = piece.partition(b"\r\n\r\n")
        name = re.search(rb"(?im)^content-id:\s*<?([^>\s]+)", head)
        if blank and (not root or (name is not None and name[1].decode(errors="replace") == root)):
            return content
    raise ValueError("a multipart answer without its root part")
