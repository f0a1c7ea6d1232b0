# SPDX-License-Identifier: Apache-2.0
"""[watcher_decision_engine]: who runs audits."""

from oslo_config import cfg

GROUP = cfg.OptGroup('watcher_decision_engine', 'The decision engine')
OPTIONS = [
    cfg.StrOpt('conductor_topic', default='watcher.decision.control',
               help='Topic of the message bus on which the decision engine is called.'),
    cfg.IntOpt('max_audit_workers', default=2, min=1, help='Audits that run at once in one engine.'),
    cfg.IntOpt('continuous_audit_interval', default=10, min=1,
               help='Seconds between two looks at the timetable of continuous audits.'),
    cfg.IntOpt('action_plan_expiry', default=24, min=0,
               help='Hours after which a plan that nobody launched is SUPERSEDED; 0 for never.'),
    cfg.IntOpt('check_periodic_interval', default=1800, min=1,
               help='Seconds between two looks for such plans.'),
    cfg.StrOpt('metric_map_path', default='/etc/watcher/metric_map.yaml',
               help="File of the operator's own names of metrics, by datasource; one that is set here must "
                    'be there.'),
    cfg.IntOpt('explained_plans', default=50, min=0,
               help='Newest plans of which is kept what they were decided on, so that they can be explained '
                    'in detail; 0 for none. With 1,000 hosts and 10,000 servers it is half a MB a plan.'),
    cfg.ListOpt('notification_topics', default=['nova.versioned_notifications', 'openstack.notifications'],
                help='Where Nova and Cinder tell what happens in the cloud: exchange.topic. The engine '
                     'listens on a queue of its own, so nobody else loses what it hears. When empty, it sees '
                     'changes when it reads the cloud.'),
    cfg.PortOpt('metrics_port', default=0,
                help='Port on which the engine tells Prometheus how well it sees the cloud; 0 for none.'),
    cfg.HostAddressOpt('metrics_address', default='127.0.0.1', help='Address of that port.'),
]
