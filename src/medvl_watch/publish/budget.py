"""Keeps a body under the forge's size limit: it shortens the last papers and never cuts the text.

GitHub refuses a body of more than 65,536 characters (its 422 says so:
https://github.com/googleapis/release-please/issues/1034); the state that a forge adds, and what a
person wrote around our text, need room too.
"""

from __future__ import annotations

from collections.abc import Callable

BODY_BUDGET = 60_000


def fitted(make: Callable[[int, int], str], total: int, budget: int = BODY_BUDGET) -> str:
    """The longest text within `budget` code points that `make(full, shown)` gives, where of
    `total` items the first `full` are shown in full and the first `shown` at all.

    The texts must grow with both numbers. Raises ValueError if not even the empty one fits.
    """
    whole = make(total, total)
    if len(whole) <= budget:
        return whole

    def most(make_one: Callable[[int], str]) -> str | None:
        """The text for the largest number that fits, by bisection."""
        low, high, best = 0, total, make_one(0)
        if len(best) > budget:
            return None
        while high - low > 1:
            middle = (low + high) // 2
            text = make_one(middle)
            if len(text) <= budget:
                low, best = middle, text
            else:
                high = middle
        return best

    found = most(lambda full: make(full, total)) or most(lambda shown: make(0, shown))
    if found is None:
        raise ValueError(f"even a body without papers does not fit into {budget} code points")
    return found
