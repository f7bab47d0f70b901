"""Processes whose clocks are wrong: https://github.com/wolfcw/libfaketime."""

import libfaketime


def clock_ahead(seconds: int) -> dict[str, str]:
    """The environment of a process whose date is so far ahead; it measures time rightly."""
    # The wheel has no other way to tell where its library is.
    library = libfaketime.get_reload_information()[1]["LD_PRELOAD"]
    folder = libfaketime.get_reload_information()[1]["LD_LIBRARY_PATH"]
    return {
        "LD_PRELOAD": f"{folder}/{library}",
        "FAKETIME": f"{seconds:+d}",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        "DONT_FAKE_MONOTONIC": "1",
        "FAKETIME_FORCE_MONOTONIC_FIX": "0",  # else each wait with a limit takes 40 ms
    }
