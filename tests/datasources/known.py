# SPDX-License-Identifier: Apache-2.0
"""Series of known values, and what each aggregate over them is."""

import numpy as np

STEP = 300
PERIOD = 3600
SCRAPED_EVERY = 60
END = 1_700_000_100             # the end of a step
NOW = END + 20
START = END - 3 * 3600

AGGREGATES = ('mean', 'min', 'max', 'p0', 'p50', 'p95', 'p99.9', 'p100')


def wave(number, low, high):
    """A value for each step from START to END, of no pattern that an aggregate could miss."""
    steps = (END - START) // STEP
    return low + (high - low) * np.random.default_rng(number).random(steps)


def counter(rates, every=SCRAPED_EVERY, since=START, until=END, late=0):
    """(time, value): grows by the rate of each step, a second; sampled so many seconds late."""
    times = np.arange(START + late, END + 1, every)
    edges = np.arange(START, END + 1, STEP)
    grown = np.concatenate([[0.0], np.cumsum(rates) * STEP])
    values = 1000.0 + np.interp(times, edges, grown)
    return [(int(time), float(value)) for time, value in zip(times, values, strict=True)
            if since <= time <= until]


def gauge(values, since=START, until=END):
    """(time, value): a sample a scrape, the step's value and a little of its own."""
    times = np.arange(START, END + 1, SCRAPED_EVERY)
    steps = np.minimum((times - START) // STEP, len(values) - 1)
    own = np.resize([0.0, 3.0, -2.0, 5.0, 1.0], len(times))
    return [(int(time), float(values[step] + more))
            for time, step, more in zip(times, steps, own, strict=True) if since <= time <= until]


def openmetrics(*series):
    """Each is (name, labels, [(time, value)])."""
    lines = []
    for name, labels, samples in series:
        told = ','.join(f'{key}="{value}"' for key, value in labels.items())
        lines += [f'{name}{{{told}}} {value!r} {time}' for time, value in samples]
    return '\n'.join([*lines, '# EOF', ''])


def aggregate(how, values):
    values = np.asarray(values)
    if how == 'count':
        return len(values)
    return np.quantile(values, float(how[1:]) / 100) if how[0] == 'p' else getattr(values, how)()


def last_steps(values):
    """Of the last period."""
    return values[-PERIOD // STEP:]


def last_samples(samples):
    """Of the last period."""
    return [value for time, value in samples if time >= NOW - PERIOD]
