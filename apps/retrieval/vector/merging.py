"""When segments are merged: few of them at any size, and no row rewritten too often."""

from collections.abc import Sequence

FULL_ROWS = 200_000  # exact search over one such segment takes ~7 ms on 2 cores; not merged further
SMALL_ROWS = 1_000
RATIO = 3
DEAD_SHARE = 0.25


def segments_to_merge(
    live: Sequence[int], sizes: Sequence[int], *, added: int, at_most: int = FULL_ROWS
) -> list[int]:
    """Positions of the segments (oldest first) that go into one with `added` new rows.

    Newest segments join as long as the next older one is less than RATIO times what has been
    gathered, so sizes grow geometrically and a million rows are ~5 full segments and ~6 others.
    Segments with many dead rows join too. The result never has more than `at_most` rows.
    Source: the log-structured merge-tree (O'Neil et al. 1996).
    """
    gathered, chosen = added, list[int]()
    for at in reversed(range(len(live))):
        is_big = live[at] >= RATIO * max(gathered, SMALL_ROWS)
        if is_big or sizes[at] >= FULL_ROWS or gathered + live[at] > at_most:
            break
        gathered += live[at]
        chosen.append(at)
    rotten = [at for at in range(len(live)) if sizes[at] - live[at] > DEAD_SHARE * sizes[at]]
    for at in rotten:
        if at not in chosen and gathered + live[at] <= at_most:
            gathered += live[at]
            chosen.append(at)
    is_worth_it = added > 0 or len(chosen) > 1 or any(at in rotten for at in chosen)
    return sorted(chosen) if is_worth_it else []
