"""An application with a database of its own, Ann who approves and Pam who sends, and browsers without a network."""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

from flask import Flask
from werkzeug.security import generate_password_hash
from werkzeug.test import EnvironBuilder

from app import create_app
from erp.audit import System
from erp.cli.user import give, make
from erp.connections import Connection
from erp.connectors.quickbooks.setup import make as make_connection
from erp.db import Base, db, now
from erp.people import Level, sessions
from erp.people.user import CREATE_PROJECT, PUSH

PASSWORD = "web connector"
HTMX = {"HX-Request": "true"}
SETTINGS = {"SECRET_KEY": "bench", "REDIS_URL": "", "WTF_CSRF_ENABLED": False, "QBWC_BACKOFF": 0.0}


@contextmanager
def place() -> Iterator[Flask]:
    """The founded application: one connection whose lists were read; the database is a file with full durability."""
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        app = create_app({**SETTINGS, "SQLALCHEMY_DATABASE_URI": f"sqlite:///{Path(folder) / 'bench.db'}"})
        with app.app_context():
            Base.metadata.create_all(db.engine)
            _found()
            db.session.remove()
        yield app
        with app.app_context():
            db.engine.dispose()


def _found() -> None:
    cheap = patch("erp.people.user.generate_password_hash", lambda word, _: generate_password_hash(word, "pbkdf2:sha256:1"))
    with cheap:
        pam = make("pam@x.test", "Pam", "-", directory=Level.STANDARD, company_admin=Level.ADMIN)
        ann = make("ann@x.test", "Ann", "-", erp=Level.STANDARD)
    give(pam, CREATE_PROJECT)
    give(ann, PUSH)
    made, _ = make_connection("Harbor & Hill", "quickbooks", "http://localhost:8000", System("bench"))
    made.password_hash = generate_password_hash(PASSWORD, "pbkdf2:sha256:1")
    made.facts, made.file_id = {"estimates": True}, made.file_id
    for row in made.schedules:
        row.read_at = now()
    db.session.commit()


def connection() -> Connection:
    """The one connection."""
    return db.session.scalars(db.select(Connection)).one()


def cookie(app: Flask, name: str) -> str:
    """The cookie of a login; the session is noted as of now."""
    from erp.people import User

    with app.app_context():
        key = sessions.begin(db.session.scalars(db.select(User).filter_by(name=name)).one())
        db.session.commit()
    browser = app.test_client()
    with browser.session_transaction() as kept:
        kept["_user_id"] = key
    found = browser.get_cookie("session")
    assert found
    return f"session={found.value}"


def page(app: Flask, url: str, *, login: str = "", htmx: bool = True, expect: int = 200) -> Callable[[], bytes]:
    """A GET as the server makes it: environ in, bytes out; raises when the status is another."""
    headers = {**(HTMX if htmx else {}), **({"Cookie": login} if login else {})}
    base = EnvironBuilder(path=url.partition("?")[0], query_string=url.partition("?")[2], headers=headers).get_environ()

    def call() -> bytes:
        status: list[str] = []
        answer: Any = app.wsgi_app(dict(base), lambda words, *_: status.append(words))
        body = b"".join(answer)
        answer.close()
        assert status[0].startswith(str(expect)), (url, status, body[:300])
        return body

    return call


def hello() -> Callable[[], bytes]:
    """The baseline of every page: the smallest Flask application."""
    small = Flask("hello")
    small.add_url_rule("/", view_func=lambda: "Hello")
    return page(small, "/", htmx=False)
