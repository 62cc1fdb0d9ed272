"""The one place where Countersign is put together."""

import os
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from flask import Flask
from flask_migrate import Migrate
from werkzeug.middleware.proxy_fix import ProxyFix

from erp import cli, web
from erp.connectors import by_hand
from erp.connectors.quickbooks import connector as quickbooks
from erp.connectors.sage300 import delivery as sage300
from erp.db import db, prepare
from erp.kind import arrange
from erp.kinds import budget, company, cost_code, job, sub_job
from erp.people.sessions import LONGEST
from supervisor.settings import kept_secret_key

ROOT = Path(__file__).resolve().parent
KINDS = (job.JOB, sub_job.SUB_JOB, company.COMPANY, cost_code.COST_CODE, budget.BUDGET)
arrange(KINDS)
CONNECTORS = (quickbooks.QUICKBOOKS, sage300.SAGE300, by_hand.BY_HAND)
LOOPBACK = ("127.0.0.1", "::1", "localhost")


class CannotStart(SystemExit):
    """A setting that would be dangerous; the process ends with status 2 and one sentence."""

    def __init__(self, sentence: str) -> None:
        print(sentence)
        super().__init__(2)


def create_app(settings: Mapping[str, Any] | None = None) -> Flask:
    """The application, configured by the environment and, in tests, by `settings`."""
    app = Flask(__name__, template_folder=str(ROOT / "templates"), static_folder=str(ROOT / "static"))
    app.config.update(_configuration(os.environ))
    app.config.update(settings or {})
    _refuse_danger(app)
    _refuse_without_driver(app)
    db.init_app(app)
    Migrate(app, db, directory=str(ROOT / "migrations"), render_as_batch=True)
    with app.app_context():
        prepare(db.engine)
    web.install(app)
    _believe_proxies(app, int(os.environ.get("PROXIES") or 0))
    cli.install(app)
    return app


def _configuration(env: Mapping[str, str]) -> dict[str, Any]:
    var = Path(env.get("VAR_DIR") or ROOT / "var").resolve()
    var.mkdir(parents=True, exist_ok=True)
    return {
        "VAR_DIR": str(var),
        "SQLALCHEMY_DATABASE_URI": env.get("DATABASE_URL") or f"sqlite:///{var / 'countersign.db'}",
        "SQLALCHEMY_ENGINE_OPTIONS": {"pool_pre_ping": True, "hide_parameters": True},
        "SECRET_KEY": env.get("SECRET_KEY") or (kept_secret_key(var) if env.get("HOST", "127.0.0.1") in LOOPBACK else ""),
        "REDIS_URL": env.get("REDIS_URL", ""),
        "MAIL_URL": env.get("MAIL_URL", ""),
        "MAIL_FROM": env.get("MAIL_FROM", "Countersign <countersign@localhost>"),
        "METRICS_TOKEN": env.get("METRICS_TOKEN", ""),
        "SAGE_DROP_DIR": env.get("SAGE_DROP_DIR", ""),
        "PUBLIC_URL": _public_url(env.get("PUBLIC_URL", "")),
        "HOST": env.get("HOST", "127.0.0.1"),
        "ERP_DEMO": env.get("ERP_DEMO") == "1",
        "SIMULATOR_URL": env.get("SIMULATOR_URL", ""),
        "QBWC_LEASE_SECONDS": float(env.get("QBWC_LEASE_SECONDS") or 1800),
        "QBWC_BACKOFF": float(env.get("QBWC_BACKOFF") or 1),
        "MAX_CONTENT_LENGTH": 16 * 2**20,
        "QBWC_MAX_ANSWER": 96 * 2**20,
        "MAX_FORM_MEMORY_SIZE": 2**20,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_SECURE": env.get("COOKIE_SECURE") == "1",
        "PERMANENT_SESSION_LIFETIME": LONGEST,
        "WTF_CSRF_TIME_LIMIT": None,
    }


def _refuse_without_driver(app: Flask) -> None:
    if app.config["SQLALCHEMY_DATABASE_URI"].startswith("postgresql") and find_spec("psycopg") is None:
        raise CannotStart("DATABASE_URL names PostgreSQL, and its driver is not installed: pip install 'psycopg[binary]' first.")


def _believe_proxies(app: Flask, n: int) -> None:
    """Take the caller's address, https and the host from the nearest `n` proxies; without any, nobody's word is taken."""
    if n:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=n, x_proto=n, x_host=n)  # type: ignore[method-assign]  # Flask wraps it so


def _public_url(text: str) -> str:
    if text and not _is_address(text):
        raise CannotStart("PUBLIC_URL stands in the links of mails: write it as in a browser, such as https://erp.example.com, "
                          "or leave it out.")  # fmt: skip
    return text.rstrip("/")


def _is_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    plain = text.split() == [text] and not parts.query and not parts.fragment
    return plain and parts.scheme in ("http", "https") and bool(parts.hostname)


def _refuse_danger(app: Flask) -> None:
    loopback = app.config["HOST"] in LOOPBACK
    if app.config["ERP_DEMO"] and not loopback:
        raise CannotStart("The demo people have known passwords: with ERP_DEMO=1 only HOST=127.0.0.1 is allowed.")
    if not app.config["SECRET_KEY"]:
        raise CannotStart("Set SECRET_KEY to a long random text first, for instance the output of: "
                          "python3 -c 'import secrets; print(secrets.token_hex(32))'")  # fmt: skip
