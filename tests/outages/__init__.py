"""Clocks that differ, databases and brokers that go away: against real servers."""
