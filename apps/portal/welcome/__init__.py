"""The administrator's first visit."""
