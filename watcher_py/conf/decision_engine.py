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
    cfg.StrOpt('cron_timezone', default='UTC',
               help='IANA name of the time zone in which the cron expressions of continuous audits are read, '
                    'such as Europe/Berlin. A time that a day leaves out comes right after the gap, one that '
                    'a day has twice comes once; where the hour is *, cron goes by the time that passes. '
                    'All engines must be given the same.'),
    cfg.FloatOpt('continuous_audit_jitter', default=0, min=0,
                 help='Seconds by which a run of a continuous audit may come later than it is due, so that '
                      'many audits do not begin at once: for each run another share of them, but never as '
                      'late as the run after it.'),
    cfg.IntOpt('auto_trigger_max_moves', default=0, min=0,
               help='A plan with more migrations is not started automatically, but waits as RECOMMENDED; 0 '
                    'for any number. An audit can say otherwise for its plans.'),
    cfg.FloatOpt('auto_trigger_minimum_gain', default=0, min=0,
                 help="A plan that gains less, in the unit of its strategy's objective, is not started "
                      'automatically, nor is one of a strategy that tells no gain; 0 for any. An audit can '
                      'say otherwise for its plans.'),
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
    cfg.IntOpt('efficacy_delay', default=600, min=0,
               help='Seconds after the end of an action plan at which what came of it is measured: its '
                    'indicators are read once more, off the cloud and the metrics. Where a strategy goes by '
                    'metrics of a longer time, that time is waited for. A plan is measured as long as what '
                    'it was decided on is kept; see explained_plans.'),
    cfg.ListOpt('notification_topics', default=['nova.versioned_notifications', 'openstack.notifications'],
                help='Where Nova and Cinder tell what happens in the cloud: exchange.topic. The engine '
                     'listens on a queue of its own, so nobody else loses what it hears. When empty, it sees '
                     'changes when it reads the cloud.'),
    cfg.PortOpt('metrics_port', default=0,
                help='Port on which the engine tells how it fares: /metrics for Prometheus, /healthz and '
                     '/readyz; 0 for none.'),
    cfg.HostAddressOpt('metrics_address', default='127.0.0.1', help='Address of that port.'),
]
