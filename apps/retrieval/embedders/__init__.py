"""Models that turn texts into vectors: one folder of files each, one adapter per runtime."""
