"""How the house's invoice becomes a channel's parcel: one module a channel, where a format and a channel meet."""
