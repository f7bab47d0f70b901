"""Run as a process: tokenizes a word of 100,000 letters in a thread, prints the letters that come
back with three more words."""

import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from apps.serving.batching import open_batcher
from tests.apps.serving.batching.models import plan


def main(model):
    batcher = open_batcher(plan(Path(model)))
    with ThreadPoolExecutor(1) as pool:
        text = "x " + "a" * 100_000 + "y"
        tokens = pool.submit(batcher.tokenize, text, add_special=True, parse_special=True).result()
    sys.stdout.write(str(len(batcher.detokenize(tokens))))
    sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1])
