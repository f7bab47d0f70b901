"""Drafting golden questions from documents: by rules or a language model, checked by the reader."""
