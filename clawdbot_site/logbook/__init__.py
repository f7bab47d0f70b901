"""The logs of this machine's processes: read as entries, chosen, merged by time."""
