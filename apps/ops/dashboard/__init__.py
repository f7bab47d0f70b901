"""The page “Dashboard”: how the installation answers, from the request ledger."""
