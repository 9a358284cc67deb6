"""Tests of what ERPs export: CSV and canonical JSON."""
