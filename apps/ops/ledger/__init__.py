"""The request ledger: what was asked of the installation, how long it took, what became of it."""
