"""The administrator's first visit: one step on each screen."""
