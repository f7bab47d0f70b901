"""Answers that curators wrote: kept, matched to new questions, served first."""
