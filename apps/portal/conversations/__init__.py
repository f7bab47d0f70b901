"""History: finding, renaming, deleting conversations; answers shared by others."""
