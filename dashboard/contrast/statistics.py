"""How sure a difference between two shares is.

Fisher's exact test: R. A. Fisher, "The Design of Experiments" (1935), chapter II; the upper tail of the hypergeometric
distribution. Intervals: E. B. Wilson, "Probable Inference, the Law of Succession, and Statistical Inference", JASA 22
(1927); for the difference of two shares R. G. Newcombe, "Interval Estimation for the Difference Between Independent
Proportions", Statistics in Medicine 17 (1998), method 10.
"""

from __future__ import annotations

import math

Z_95 = 1.959963984540054
"""Standard deviations on either side of the mean that hold 95 % of a normal distribution."""


def fisher_greater(a: int, n: int, b: int, m: int) -> float:
    """How probable at least `a` of `n` is, when `a` of `n` and `b` of `m` are two draws from one and the same whole.

    Args:
        a, n: hits in the first sample, and its size.
        b, m: hits in the second sample, and its size.

    Returns:
        The one-sided probability, 0 to 1; costs one step for each hit of the smaller sample at most.
    """
    hits = a + b
    most = min(n, hits)
    whole = _log_choose(n + m, n)
    terms = [
        _log_choose(hits, x) + _log_choose(n + m - hits, n - x) - whole
        for x in range(max(a, n - (n + m - hits)), most + 1)
    ]
    highest = max(terms, default=-math.inf)
    if highest == -math.inf:
        return 0.0
    return min(1.0, math.exp(highest) * math.fsum(math.exp(term - highest) for term in terms))


def wilson(hits: int, size: int, z: float = Z_95) -> tuple[float, float]:
    """Between which shares the share in the whole lies, of which `hits` of `size` were drawn; (0, 1) for no draw."""
    if size <= 0:
        return 0.0, 1.0
    share, square = hits / size, z * z
    middle = (share + square / (2 * size)) / (1 + square / size)
    reach = z / (1 + square / size) * math.sqrt(share * (1 - share) / size + square / (4 * size * size))
    return max(0.0, middle - reach), min(1.0, middle + reach)


def least_difference(a: int, n: int, b: int, m: int, z: float = Z_95) -> float:
    """The lower end of the interval of (share of `a` in `n`) - (share of `b` in `m`), -1 to 1."""
    first, second = a / n if n else 0.0, b / m if m else 0.0
    low, _ = wilson(a, n, z)
    _, high = wilson(b, m, z)
    return max(-1.0, first - second - math.hypot(first - low, high - second))


def _log_choose(n: int, k: int) -> float:
    return math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)
