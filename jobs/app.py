"""The application inside a worker: made once before the work horses fork."""

from collections.abc import Callable
from functools import cache, wraps
from importlib import import_module
from typing import ParamSpec, TypeVar

from flask import Flask, has_app_context

P = ParamSpec("P")
R = TypeVar("R")


@cache
def the_app() -> Flask:
    """The one application of this process."""
    made: Flask = import_module("app").create_app()
    return made


def in_app(job: Callable[P, R]) -> Callable[P, R]:
    """Run a job inside the application."""

    @wraps(job)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        if has_app_context():
            return job(*args, **kwargs)
        with the_app().app_context():
            return job(*args, **kwargs)

    return run
