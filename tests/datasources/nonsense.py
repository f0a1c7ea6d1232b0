# SPDX-License-Identifier: Apache-2.0
"""What a monitoring system might answer when it is not itself."""

import json
from dataclasses import dataclass, field

import requests
from hypothesis import strategies as st

WORDS = st.sampled_from([
    'id', 'original_resource_id', 'metrics', 'measures', 'mean', 'archive_policy', 'definition',
    'granularity', 'timespan', 'aggregation_methods', 'name', 'description', 'cause', 'detail',
    'Unknown metrics', 'results', 'series', 'tags', 'host', 'columns', 'time', 'values', 'error',
    '0:05:00', '2023-11-14T22:00:00+00:00'])

ANSWERS = st.tuples(st.sampled_from([200, 200, 200, 400, 404, 418]), st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.floats() | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=4), max_leaves=12))


@dataclass
class Parrot:
    """A site that answers so in turn, the last one for ever."""

    answers: list = field(default_factory=list)
    name: str = 'parrot'

    def send(self, method, path, **how):
        status, told = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        answer = requests.Response()
        answer.status_code, answer._content = status, json.dumps(told).encode()
        return answer
