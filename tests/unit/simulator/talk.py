"""Saying qbXML briefly: requests in, elements out."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Any

from lxml import etree

from erp.simulator.company import Company


@dataclass
class Clock:
    """Stands at noon in Maine until told otherwise."""

    now: float = datetime.datetime(2026, 11, 23, 17, 0, tzinfo=datetime.UTC).timestamp()

    def __call__(self) -> float:
        return self.now

    def tick(self, seconds: float = 1) -> None:
        self.now += seconds


def qbxml(requests: str, attributes: str = 'onError="stopOnError"', version: str = "13.0") -> str:
    head = f'<?xml version="1.0" encoding="utf-8"?><?qbxml version="{version}"?>'
    return f"{head}<QBXML><QBXMLMsgsRq {attributes}>{requests}</QBXMLMsgsRq></QBXML>"


@dataclass
class Talk:
    """Talks to one company."""

    company: Company

    def all(self, requests: str, attributes: str = 'onError="stopOnError"') -> Any:
        """The QBXMLMsgsRs element."""
        return etree.fromstring(self.company.process(qbxml(requests, attributes)).encode())[0]

    def __call__(self, request: str) -> Any:
        """The answer to a single request."""
        return self.all(request)[0]

    def code(self, request: str) -> int:
        """The status code of a single request."""
        return int(self(request).get("statusCode"))

    def customer(self, inner: str) -> Any:
        return self(f"<CustomerAddRq><CustomerAdd>{inner}</CustomerAdd></CustomerAddRq>")

    def item(self, inner: str) -> Any:
        return self(f"<ItemServiceAddRq><ItemServiceAdd>{inner}</ItemServiceAdd></ItemServiceAddRq>")

    def estimate(self, lines: str, head: str = "") -> Any:
        customer = "<CustomerRef><FullName>City of Bayview:Library</FullName></CustomerRef>"
        return self(f"<EstimateAddRq><EstimateAdd>{customer}{head}{lines}</EstimateAdd></EstimateAddRq>")


def line(inner: str, item: str = "03:03-300") -> str:
    return f"<EstimateLineAdd><ItemRef><FullName>{item}</FullName></ItemRef>{inner}</EstimateLineAdd>"


def code(answer: Any) -> int:
    return int(answer.get("statusCode"))


def texts(answer: Any, tag: str) -> list[str]:
    return [node.text or "" for node in answer.iter(tag)]
