"""Runs pieces of code in an installation: JSON strings in, a JSON object out for each.

Django is set up once, so that a test can look into the database in milliseconds.
"""

import io
import json
import sys
import traceback
from contextlib import redirect_stdout

import django
from django.db import close_old_connections


def main() -> None:
    """Until the other side hangs up."""
    django.setup()
    for line in sys.stdin:
        printed, error = io.StringIO(), ""
        try:
            with redirect_stdout(printed):
                exec(compile(json.loads(line), "<test>", "exec"), {})
        except Exception:  # noqa: BLE001  told to the test, whatever it is
            error = traceback.format_exc()
        close_old_connections()
        sys.stdout.write(json.dumps({"printed": printed.getvalue(), "error": error}) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
