"""95 % intervals of what was counted."""

from math import sqrt

_Z95 = 1.959963984540054  # the 97.5 % quantile of the standard normal distribution


def wilson_interval(successes: int, trials: int) -> tuple[float, float]:
    """Return the 95 % Wilson score interval of a proportion; all of 0..1 where there were no trials.

    Source: E. B. Wilson, "Probable inference, the law of succession, and statistical inference", 1927.

    >>> [round(bound, 4) for bound in wilson_interval(8, 8)]
    [0.6756, 1.0]
    """
    if trials == 0:
        return 0.0, 1.0
    share, z2 = successes / trials, _Z95**2
    center = (share + z2 / (2 * trials)) / (1 + z2 / trials)
    half = _Z95 * sqrt(share * (1 - share) / trials + z2 / (4 * trials**2)) / (1 + z2 / trials)
    return max(0.0, center - half), min(1.0, center + half)


def f1_interval(matched: int, missed: int, false: int) -> tuple[float, float]:
    """Return a 95 % interval of F1; all of 0..1 where nothing was to be found and nothing was.

    F1 is 2 J / (1 + J), where J is the share of the matched among all that is true or was found. That is a
    proportion, so its Wilson interval, put through the same rising function, is one of F1.

    >>> [round(bound, 3) for bound in f1_interval(8, 0, 0)]
    [0.806, 1.0]
    """
    low, high = wilson_interval(matched, matched + missed + false)
    return 2 * low / (1 + low), 2 * high / (1 + high)


def gain_interval(gained: int, lost: int, trials: int) -> tuple[float, float]:
    """Return the 95 % interval of how much larger one share of the same trials is than another.

    Source: the paired case of R. G. Newcombe, "Improved confidence intervals for the difference between
    binomial proportions based on paired data", 1998, method 1 (Wald).

    Args:
        gained: trials in which only the one was right.
        lost: trials in which only the other was right.
        trials: how many there were, at least one.

    >>> [round(bound, 3) for bound in gain_interval(30, 10, 100)]
    [0.082, 0.318]
    """
    gain = (gained - lost) / trials
    half = _Z95 * sqrt(max(0.0, gained + lost - trials * gain**2)) / trials
    return max(-1.0, gain - half), min(1.0, gain + half)
