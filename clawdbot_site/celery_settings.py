"""Celery's settings: broker, queues, schedule."""

from typing import Any

from apps.core import config
from apps.core.doorbell import CLOCKS_APART_S

ROUTES = {
    "ingest.run_job": {"queue": "parse"},
    "ingest.embed_pending": {"queue": "embed"},
    "ingest.sweep_jobs": {"queue": "maintenance"},
    "ops.purge_dead": {"queue": "maintenance"},
    "ops.import_pack": {"queue": "maintenance"},
    "ops.sweep_packs": {"queue": "maintenance"},
    "ops.back_up": {"queue": "maintenance"},
    "ops.make_reports": {"queue": "maintenance"},
    "ops.mail_report": {"queue": "maintenance"},
    "ops.keep_ledger": {"queue": "maintenance"},
    "ops.prune_ledger": {"queue": "maintenance"},
    "ops.watch_requests": {"queue": "maintenance"},
    "ops.prune_anomalies": {"queue": "maintenance"},
    "generation.forget_old_traces": {"queue": "maintenance"},
    "evaluation.work_on_generations": {"queue": "maintenance"},
    "evaluation.work_on_runs": {"queue": "maintenance"},
    "evaluation.watch_changes": {"queue": "maintenance"},
    "modelhub.fetch_models": {"queue": "maintenance"},
}
SCHEDULE = {
    name: {
        "task": task,
        "schedule": every_s,
        "options": {"expires": every_s + CLOCKS_APART_S},  # what is older, a newer bell repeats
    }
    for name, task, every_s in (
        ("sweep-jobs", "ingest.sweep_jobs", 10.0),
        ("purge-dead", "ops.purge_dead", 10.0),
        ("sweep-packs", "ops.sweep_packs", 30.0),
        ("back-up", "ops.back_up", 60.0),
        ("make-reports", "ops.make_reports", 60.0),
        ("keep-ledger", "ops.keep_ledger", 60.0),
        ("prune-ledger", "ops.prune_ledger", 3600.0),
        ("watch-requests", "ops.watch_requests", 60.0),
        ("prune-anomalies", "ops.prune_anomalies", 3600.0),
        ("forget-old-traces", "generation.forget_old_traces", 3600.0),
        ("work-on-generations", "evaluation.work_on_generations", 10.0),
        ("work-on-runs", "evaluation.work_on_runs", 10.0),
        ("watch-changes", "evaluation.watch_changes", 60.0),
        ("fetch-models", "modelhub.fetch_models", 30.0),
    )
}
# A Redis that is cut off is noticed within seconds: by who rings after one of these, by a worker
# that listens after about one and two checks of health. Workers try for ever.
REDIS_PATIENCE = {
    "socket_connect_timeout": 3.0,
    "socket_timeout": 3.0,  # longer than kombu's BRPOP of 1 s
    "socket_keepalive": True,
    "health_check_interval": 4,
}
# Once anew over a fresh connection; a bell that is lost all the same is rung again later.
RING_AGAIN = {"max_retries": 1, "interval_start": 0, "interval_step": 0, "interval_max": 0}


def settings_for(configuration: config.Config) -> dict[str, Any]:
    """Celery's configuration for this installation. JSON only: pickle is never accepted."""
    common: dict[str, Any] = {
        "task_serializer": "json",
        "result_serializer": "json",
        "accept_content": ["json"],
        "task_ignore_result": True,
        "task_routes": ROUTES,
        "task_default_queue": "maintenance",
        "task_acks_late": True,
        "task_reject_on_worker_lost": True,
        "worker_prefetch_multiplier": 1,
        "worker_hijack_root_logger": False,
        "worker_enable_remote_control": False,  # `clawdbot` acts through the supervisor
        "broker_connection_retry_on_startup": True,
        "broker_connection_max_retries": None,
        "broker_connection_timeout": 3.0,
        "task_publish_retry_policy": RING_AGAIN,
        "beat_schedule": SCHEDULE,
        "beat_schedule_filename": str(configuration.data_dir / "run" / "beat-schedule"),
        "timezone": "UTC",
    }
    if configuration.broker.url != "filesystem":
        return common | {
            "broker_url": configuration.broker.url,
            "broker_transport": "clawdbot_site.redis_broker:Transport",
            "broker_transport_options": REDIS_PATIENCE,
        }
    folder = configuration.data_dir / "broker"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return common | {
        "broker_url": "files://localhost",
        "broker_transport": "clawdbot_site.file_broker:Transport",
        "broker_transport_options": {"folder": str(folder), "polling_interval": 0.1},
    }


settings = settings_for(config.load())
