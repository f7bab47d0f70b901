"""Backups: everything that cannot be made anew, kept elsewhere, encrypted; and back (ADR 31)."""
