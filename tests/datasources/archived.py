# SPDX-License-Identifier: Apache-2.0
"""Samples as Ceilometer sends them, and Gnocchi as it is asked for them."""

from tests.datasources.fake_gnocchi import FakeGnocchi
from watcher_py.core.metrics import Metric, MetricNeed
from watcher_py.datasources.asking import Patience
from watcher_py.datasources.gnocchi import Gnocchi
from watcher_py.datasources.gnocchi_site import Gate
from watcher_py.datasources.metric_map import MetricMap
from watcher_py.datasources.web_site import WebSite

STEP = 300
END = 1_700_000_100             # of a step
NOW = END + 20
PERIOD = 3600

# Archive policies: name, methods, granularities.
OF_MEAN = ('low', ('mean',), (300,))
OF_ALL = ('all', ('mean', 'min', 'max', 'count', 'last'), (300,))
OF_RATE = ('rate', ('rate:mean',), (300,))
FINE = ('fine', ('mean',), (60, 1))
COARSE = ('coarse', ('mean',), (600, 3600))


def gnocchi(fake: FakeGnocchi, tries=1, **mapped):
    """The datasource; mapped are metrics that the operator has renamed."""
    names = {('gnocchi', Metric(name)): each for name, each in mapped.items()}
    return Gnocchi(Gate(WebSite('gnocchi', fake.url), Patience(tries, 0)), MetricMap(names), lambda: NOW)


def need(metric=Metric.INSTANCE_RAM, aggregate='mean', period=PERIOD, granularity=STEP):
    return MetricNeed(metric, period, granularity, aggregate)


def gauge(*values, every=STEP, until=END):
    """The newest samples, the last one just before the end of a step."""
    return [(until - 1 - every * back, float(value)) for back, value in enumerate(reversed(values))][::-1]


def counter(*rates, every=STEP, until=END):
    """Of CPU time in ns: at these % of one CPU from each sample to the next."""
    values = [5e12]
    for rate in rates:
        values.append(values[-1] + rate / 100 * every * 1e9)
    return gauge(*values, every=every, until=until)
