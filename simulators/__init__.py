"""The network twin: the parties at the far end of the gateway, played on loopback.

An access point of the Peppol network, the Italian exchange system (SDI), a mail relay and a print house, with one
clock that can be moved and one script that says how they behave. The twin imports nothing of the gateway: a
simulator that shares code with the room it tests would share its mistakes.
"""
