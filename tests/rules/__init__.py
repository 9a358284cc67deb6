"""Where an invoice goes, and why."""
