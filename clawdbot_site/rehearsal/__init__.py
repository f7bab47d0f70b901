"""Restoring a backup on trial: into a scratch folder, with an index, asked real questions."""
