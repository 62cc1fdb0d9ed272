"""The doorbell: a hint to the worker that there is something in the database. Losing it changes nothing."""

import logging
from functools import cache
from typing import Any

from flask import current_app
from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry
from rq import Queue
from rq.serializers import JSONSerializer

log = logging.getLogger(__name__)
QUEUE = "countersign"


def ring(job: str, *arguments: Any) -> bool:
    """Enqueue a job by its dotted name; False when nobody hears it, which the clock makes good."""
    url = current_app.config["REDIS_URL"]
    if not url:
        return False
    try:
        _queue(url).enqueue(job, *arguments, job_timeout=300, result_ttl=60, failure_ttl=3600)
    except (RedisError, OSError) as deaf:
        log.warning("the doorbell is silent, the clock will find the work: %s", deaf)
        return False
    return True


def state() -> str:
    """One word or two about the other end: "ok", "does not answer", or "none"."""
    url = current_app.config["REDIS_URL"]
    if not url:
        return "none"
    try:
        _queue(url).connection.ping()
    except (RedisError, OSError, ValueError):
        return "does not answer"
    return "ok"


@cache
def _queue(url: str) -> Queue:
    quick = Redis.from_url(url, socket_connect_timeout=0.3, socket_timeout=0.5, retry=Retry(NoBackoff(), 0))
    return Queue(QUEUE, connection=quick, serializer=JSONSerializer)
