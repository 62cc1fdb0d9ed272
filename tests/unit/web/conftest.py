"""Browsers of several people in one test: its application context outlives the requests, and so would the first reader."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask, g
from flask.testing import FlaskClient

from erp.db import db
from erp.people import sessions


class Browser(FlaskClient):
    """Each request finds out anew who is asking."""

    def open(self, *args: Any, **kwargs: Any) -> Any:
        """One request."""
        g.pop("_login_user", None)
        return super().open(*args, **kwargs)


@pytest.fixture
def as_(app: Flask, people: SimpleNamespace) -> Callable[[str], FlaskClient]:
    """A browser with this person logged in: as_("pam").get(...)."""

    def browser(name: str) -> FlaskClient:
        logged_in = Browser(app, app.response_class)
        if name != "nobody":
            with logged_in.session_transaction() as cookie:
                cookie["_user_id"] = sessions.begin(getattr(people, name))
                db.session.commit()
        return logged_in

    return browser
