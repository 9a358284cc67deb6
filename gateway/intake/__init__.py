"""Hop 1: the doors in. Whatever the door, an arrival is taken in once, durably, before it is answered.

receive   bytes at a door -> a submission, or what it repeats
answers   what a sender is told about a file: for machines and for people
sftp/     the SFTP door
"""
