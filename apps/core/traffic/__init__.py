"""Who may ask how much, and who is next: limits and one fair queue for all processes and nodes."""
