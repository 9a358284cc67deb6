"""What was put is read, whatever failed on the way; and what is damaged is never read."""
