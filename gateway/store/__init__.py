"""What the gateway remembers: tables, queries, the session with the only commit, migrations.

A table class never leaves this room: tables do not validate, so others get frozen values (`records`).
"""
