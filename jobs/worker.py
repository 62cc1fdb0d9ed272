"""The RQ worker, with the application loaded before it forks: a job starts in milliseconds."""

import logging
import sys

from redis import Redis
from rq import Queue, Worker
from rq.job import Job
from rq.serializers import JSONSerializer

import jobs.export
import jobs.mail  # noqa: F401  loaded before the fork
from erp.db import db
from erp.doorbell import QUEUE
from jobs.app import the_app


class Preloaded(Worker):
    """A worker whose horses drop the parent's database connections."""

    def main_work_horse(self, job: Job, queue: Queue) -> None:
        with the_app().app_context():
            db.engine.dispose(close=False)
        super().main_work_horse(job, queue)


def main() -> None:
    """Work until told to stop; without Redis there is nothing to do here, the clock does it."""
    logging.basicConfig(level=logging.INFO)
    url = the_app().config["REDIS_URL"]
    if not url:
        sys.exit("No REDIS_URL: the clock does the worker's part.")
    redis = Redis.from_url(url)
    queue = Queue(QUEUE, connection=redis, serializer=JSONSerializer)
    Preloaded([queue], connection=redis, serializer=JSONSerializer, worker_ttl=60, maintenance_interval=30).work()


if __name__ == "__main__":
    main()
