"""Hop 1: the doors in. Whatever the door, an arrival is taken in once, durably, before it is answered.

receive      bytes at a door -> a submission, or what it repeats
answers      what a sender is told about a file, for machines; answer_text: the same for people
accounts     tenants, senders and their ways in; passwords: how those are kept
rule_books   the rules of a tenant
sftp/        the SFTP door
"""
