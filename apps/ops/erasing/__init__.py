"""Purging what was deleted, in small steps that may be killed, and the receipts of it."""
