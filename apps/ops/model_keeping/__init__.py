"""Which models this node holds: loads what is wanted, unloads what is in the way, says why."""
