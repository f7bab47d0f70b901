"""Fetching a model from an address: as far as it gets, and on from there the next time."""

from apps.modelhub.fetching.answers import OutOfReach, Passing
from apps.modelhub.fetching.download import Fetched, Order, fetch
from apps.modelhub.fetching.part import Busy, Part, drop, folder, forget, parts

__all__ = [
    "Busy",
    "Fetched",
    "Order",
    "OutOfReach",
    "Part",
    "Passing",
    "drop",
    "fetch",
    "folder",
    "forget",
    "parts",
]
