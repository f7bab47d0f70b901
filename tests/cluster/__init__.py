"""Three real nodes behind a real nginx, with a real PostgreSQL and a real Redis."""
