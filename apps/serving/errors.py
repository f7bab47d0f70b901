"""What can be wrong with a model, in words for people."""


class ModelUnusable(Exception):
    """This file cannot be served. The text is one line: what is wrong, and what to do if known."""
