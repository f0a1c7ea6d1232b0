# SPDX-License-Identifier: Apache-2.0
"""Ask the rules about a document, in few words."""

from tests.core.clusters import host, instance
from watcher_py.core.document import read
from watcher_py.core.problem import allocation_problem
from watcher_py.core.rules import rules_of
from watcher_py.core.whatif import WhatIf


def stuck(doc, row=0):
    return rules_of(read(doc).cluster).stuck[row]


def targets(doc, row=0):
    """Names of the hosts that would take a server now."""
    cluster = read(doc).cluster
    fits = WhatIf(allocation_problem(cluster)).fits(row)
    return {name for name, fit in zip(cluster.nodes.name, fits, strict=True) if fit}


def hosts_of(**hosts):
    return [host(name, **values) for name, values in hosts.items()]


def with_specs(specs, **values):
    return instance('vm', 'a', extra_specs=specs) | values
