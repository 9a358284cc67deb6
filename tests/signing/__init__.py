"""Signatures that other software verifies, and keys that nobody sees."""
