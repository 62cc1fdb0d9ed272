"""The page of the simulated QuickBooks."""

from __future__ import annotations

from flask import Flask

from erp.simulator.company import Company
from erp.simulator.running import Timer


def create_page(company: Company, timer: Timer) -> Flask:
    """The page as a Flask application."""
    app = Flask(__name__)

    @app.get("/")
    def home() -> str:
        return "Simulated QuickBooks"

    return app
