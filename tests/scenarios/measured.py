# SPDX-License-Identifier: Apache-2.0
"""What the Prometheus of a town tells, by host or server uuid."""

from watcher_py.core.metrics import MetricNeed
from watcher_py.datasources.asking import Patience
from watcher_py.datasources.prometheus import Prometheus
from watcher_py.datasources.web_site import WebSite

PERIOD = 100


def measured(town, metric):
    site = WebSite('prometheus', town.cloud.prometheus_url)
    source = Prometheus(site, patience=Patience(1), clock=town.cloud.clock.now)
    return dict(source.read(MetricNeed(metric, PERIOD, PERIOD)).values)
