"""Our own house against the simulated company file, through the real SOAP door, without a socket."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from erp.connections import Connection
from erp.connectors.quickbooks.setup import file_for
from erp.simulator import demo
from erp.simulator.company import Company
from erp.simulator.connector import WebConnector
from erp.simulator.wire import Answered


@pytest.fixture
def company(tmp_path: Path) -> Company:
    """The simulated company file with its customers and accounts."""
    made = Company(tmp_path / "company.db")
    demo.create_demo(made)
    return made


@pytest.fixture
def connector(app: Flask, connection: Connection, company: Company) -> Callable[..., WebConnector]:
    """A Web Connector that calls our door in-process: connector(fault=…).update()."""
    client = app.test_client()

    def post(url: str, headers: dict[str, str], body: bytes) -> Answered:
        answer = client.post(url.split("8000", 1)[1], headers=headers, data=body)
        return answer.status_code, dict(answer.headers), answer.data

    def make(**options: Any) -> WebConnector:
        return WebConnector(file_for(connection), connection.settings["password"], company, post=post,
                            sleep=lambda _: None, **options)  # fmt: skip

    return make
