"""Workload 8: the Web Connector's round trip with an Estimate of 20 lines, beside two peers, all over HTTP in turns."""

import json
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

from bench.measure import Figure, How, versus
from bench.peers import servers
from bench.peers.caller import HCP, Caller
from bench.place import PASSWORD, connection, place
from bench.stock import again, queued
from erp.connectors.quickbooks.facts import OWNER_ID
from erp.db import db
from erp.exchanges.exchange import Message

PEERS = ("quickbooks-js", "django-quickbooks")
TRIPS = 30


def measure(how: How) -> Iterator[Figure]:
    """Ours keeps its full durability: every message and answer is committed to the disk before the bytes leave."""
    trips = 10 if how.quick else TRIPS
    os.environ |= {"QB_USERNAME": "username", "QB_PASSWORD": "password"}
    with place() as app, tempfile.TemporaryDirectory() as place_of_peers, ExitStack() as running:
        folder = Path(place_of_peers)
        with app.app_context():
            queued(trips)
            user, hcp = connection().username, HCP.format(owner=OWNER_ID, file=connection().file_id)
            database = str(db.engine.url)
        ours = Caller(running.enter_context(servers.countersign(database, folder)), user, PASSWORD, hcp)
        _round(ours, trips)
        with app.app_context():
            bodies = list(db.session.scalars(db.select(Message.body).where(Message.writes)))
            assert len(bodies) == trips
        (folder / "requests.json").write_text(json.dumps(bodies))
        callers = {"ours": ours, **_peers(running, folder)}
        cpu, wall = _rounds(callers, how, trips, lambda: _again(app))
        for base, least in (("quickbooks-js", 0.55), ("django-quickbooks", 2.0)):
            if base in callers:
                yield versus("8", f"round trip, 20 lines: CPU, rate against {base}", _two(cpu, base), base, least=least)
                yield versus("8", f"round trip, 20 lines: wall clock, rate against {base}", _two(wall, base), base, rate=True,
                             per_second={name: round(1 / statistics.median(wall[name])) for name in ("ours", base)})  # fmt: skip
        yield Figure("8", "round trip alone, CPU of the server", round(1000 * statistics.median(cpu["ours"]), 2), "ms")


def _peers(running: ExitStack, folder: Path) -> dict[str, Caller]:
    found = {}
    for name, start, user in (("quickbooks-js", servers.quickbooks_js, "username"),
                              ("django-quickbooks", servers.django_quickbooks, "00000000-0000-0000-0000-000000000001")):  # fmt: skip
        if why := servers.why_missing(name):
            print(f"    {why}", flush=True)
            continue
        found[name] = Caller(running.enter_context(start(folder / "requests.json", folder)), user, "password")
    return found


def _rounds(
    callers: dict[str, Caller], how: How, trips: int, reset: Callable[[], None]
) -> tuple[dict[str, list[float]], dict[str, list[float]]]:
    cpu: dict[str, list[float]] = {name: [] for name in callers}
    wall: dict[str, list[float]] = {name: [] for name in callers}
    for turn in range(how.rounds + 1):
        reset()
        for name in sorted(callers, reverse=bool(turn % 2)):
            used, took = _round(callers[name], trips)
            if turn:
                cpu[name].append(used)
                wall[name].append(took)
    return cpu, wall


def _round(caller: Caller, trips: int) -> tuple[float, float]:
    """CPU of the server and wall seconds per round trip, over one session; logging in and out are not counted."""
    ticket = caller.begin()
    before, start = caller.server.cpu(), time.perf_counter()
    for n in range(trips):
        percent = caller.trip(ticket, "" if n else caller.hcp, n)
    used, took = caller.server.cpu() - before, time.perf_counter() - start
    assert int(percent) > 0, percent
    caller.call("closeConnection", ticket=ticket)
    return used / trips, took / trips


def _again(app) -> None:
    with app.app_context():
        again()


def _two(times: dict[str, list[float]], base: str) -> dict[str, list[float]]:
    return {name: times[name] for name in ("ours", base)}
