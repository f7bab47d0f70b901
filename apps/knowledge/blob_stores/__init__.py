"""Where originals can lie: a folder, the database, an S3 store."""
