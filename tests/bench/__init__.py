"""`make bench`: what the main job costs, one JSON line a figure. Ratios in one run count; single times drift.

hops     CPU milliseconds a document, hop by hop, in one process
drop     documents a second from an SFTP drop until the far end has taken them all, with real processes
memory   the peak of one invoice of 10,000 lines
"""
