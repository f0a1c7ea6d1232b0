# SPDX-License-Identifier: Apache-2.0
"""Which volume types a pool offers, by what their extra specs ask for."""

import pytest

from watcher_py.core.storage import VolumeType
from watcher_py.engine.collector.offered_types import offered

POOL = {'volume_backend_name': 'lvm', 'multiattach': True, 'thin_provisioning_support': 'False', 'rpm': 7200,
        'disks': ['ssd', 'hdd'], 'qos': {'level': 'high'}}


@pytest.mark.parametrize(('extra_specs', 'is_offered'), [
    ({}, True), (None, False),
    ({'volume_backend_name': 'lvm'}, True), ({'volume_backend_name': 'ceph'}, False),
    ({'capabilities:volume_backend_name': 'lvm'}, True),
    ({'volume_backend_name': '<or> ceph <or> lvm'}, True),
    ({'multiattach': '<is> True'}, True), ({'multiattach': '<is> False'}, False),
    ({'multiattach': 'true'}, True),
    ({'thin_provisioning_support': '<is> False'}, True),
    ({'rpm': '>= 7200'}, True), ({'rpm': '> 7200'}, False), ({'rpm': '7200'}, True),
    ({'disks': 'ssd'}, True), ({'disks': 'tape'}, False),
    ({'capabilities:qos:level': 'high'}, True), ({'capabilities:qos:level': 'low'}, False),
    ({'capabilities:rpm:level': 'high'}, False),
    ({'unheard_of': 'x'}, False), ({'unheard_of': '<is> True'}, False),
    ({'driver:secret': 'whatever'}, True),
    ({'RESKEY:availability_zones': 'south, north'}, True), ({'RESKEY:availability_zones': 'south'}, False),
    ({'volume_backend_name': 'lvm', 'rpm': '15000'}, False),
])
def test_a_type_is_offered_where_all_that_it_asks_for_is_there(extra_specs, is_offered):
    assert (offered([VolumeType('gold', 't', extra_specs)], POOL, 'north') == {'gold'}) is is_offered
