"""Setting up what is missing: configuration file, secrets, database, administrator, samples."""
