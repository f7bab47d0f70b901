"""Runs pieces of code in an installation, each in a child of a Python that has set Django up.

JSON strings in, a JSON object out for each: how the child ended, and what it wrote. A child may do
what it likes: be killed, leave threads, exit.
"""

import json
import os
import sys
import tempfile
import traceback

import django


def main() -> None:
    """Until the other side hangs up."""
    django.setup()
    for line in sys.stdin:
        with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as err:
            child = os.fork()
            if not child:
                os.dup2(out.fileno(), 1)
                os.dup2(err.fileno(), 2)
                _run(json.loads(line))
            code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
            told = {"code": code}
            for name, file in (("out", out), ("err", err)):
                file.seek(0)
                told[name] = file.read()
        sys.stdout.write(json.dumps(told) + "\n")
        sys.stdout.flush()


def _run(code: str) -> None:
    """As a program of its own would; never returns. Nothing of the parent is closed on the way."""
    status = 0
    try:
        exec(compile(code, "<test>", "exec"), {"__name__": "__main__"})
    except SystemExit as ended:
        status = ended.code if isinstance(ended.code, int) else int(ended.code is not None)
    except BaseException:  # noqa: BLE001  told to the test, whatever it is
        traceback.print_exc()
        status = 1
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


if __name__ == "__main__":
    main()
