"""How a document gets there: one folder a channel, each against the real protocol.

A channel knows parcels and addresses, never invoices; network only. The contract is in `contract`.
"""
