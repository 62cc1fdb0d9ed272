"""Workload 14: start to the first answer, against a bare Flask with SQLAlchemy."""

import subprocess
import sys
from collections.abc import Iterator
from resource import RUSAGE_CHILDREN, getrusage

from bench.measure import Figure, How, race, versus

OURS = "from app import create_app; print(create_app().test_client().get('/login').status_code)"
BARE = """from flask import Flask
from flask_sqlalchemy import SQLAlchemy
app = Flask('bare', static_folder=None); app.config['SQLALCHEMY_DATABASE_URI'] = 'sqlite://'
db = SQLAlchemy(app); app.add_url_rule('/', view_func=lambda: 'Hello'); print(app.test_client().get('/').status_code)"""


def measure(how: How) -> Iterator[Figure]:
    """CPU of whole processes, imports and all."""
    runs = {name: (lambda code=code: _run(code)) for name, code in (("ours", OURS), ("bare", BARE))}
    times = race(runs, How(3 if how.quick else 7, 0.01, how.quick), _used)
    yield versus("14", "start to first answer, against bare Flask with SQLAlchemy", times, "bare", most=1.4)


def _run(code: str) -> None:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stdout.strip().endswith("200"), done.stderr[-500:]


def _used() -> float:
    used = getrusage(RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
