"""The nodes of an installation: who is there, how each stands, what is wrong with any."""
