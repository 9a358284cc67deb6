"""The SFTP door: a sender uploads into `in/`, and is answered in `out/` and `errors/`.

wire       SFTP version 3 as bytes              names      where a path leads, what a file may be called
root       the folders of one sender            uploads    files that are open
taking     a complete upload becomes a submission, once
session    one client's requests, answered      subsystem  the same over SSH
gate       who may come in                      guests     how many, and how often
answering  result files                         door       the listener, and everything together
"""

from gateway.intake.sftp.door import SftpDoor

__all__ = ["SftpDoor"]
