"""The command line: serve, show, act and update."""

from __future__ import annotations

import argparse
import contextlib
import json
import logging
import os
import signal
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from werkzeug.serving import make_server

from erp.simulator import demo, views
from erp.simulator.actions import EXAMPLES, perform
from erp.simulator.company import Company
from erp.simulator.connector import WebConnector
from erp.simulator.money import pretty
from erp.simulator.page import create_page
from erp.simulator.refusals import HResult, Refusal
from erp.simulator.running import Timer

SHOWN: dict[str, Callable[[Company], Any]] = {
    "customers": views.customers,
    "vendors": views.vendors,
    "items": views.items,
    "accounts": views.accounts,
    "classes": views.classes,
    "estimates": views.estimates,
    "costs": views.costs,
    "preferences": views.preferences,
    "log": views.log,
}
EXITS = {
    "done": 0, "none": 0, "nvu": 2, "busy": 3, "postponed": 3, "failed": 4, "no company": 5, "unreachable": 6,
    "not installed": 7, "stopped": 8, "died": 9,
}  # fmt: skip


def open_company(data: Path, name: str = demo.NAME) -> Company:
    """The company in this folder; a new one is made aside and appears whole, so that two processes may begin at once."""
    data.mkdir(parents=True, exist_ok=True)
    path = data / "company.sqlite"
    if not path.exists():
        _make(path, name)
    return Company(path)


def _make(path: Path, name: str) -> None:
    draft = path.with_name(f"company.{os.getpid()}.new")
    demo.create_demo(Company(draft), name).home.close()
    with contextlib.suppress(FileExistsError):
        os.link(draft, path)
    draft.unlink()


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code."""
    options = _parser().parse_args(arguments)
    command: Callable[[argparse.Namespace], int] = options.command
    return command(options)


def serve(options: argparse.Namespace) -> int:
    """Serve the page and run the Web Connector until SIGTERM or SIGINT."""
    company = open_company(options.data, options.name)
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    timer = Timer(company, options.qwc, options.password_file, options.every)
    page = create_page(Company(company.path), timer, options.host)
    server = make_server(options.host, options.port, page, threaded=True)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: timer.end())
    for target in (timer.run, server.serve_forever):
        threading.Thread(target=target, daemon=True).start()
    print(f"Simulated QuickBooks at http://{options.host}:{options.port}/ with {company.path}", flush=True)
    while not timer.stop.wait(0.5):
        pass
    return 0


def show(options: argparse.Namespace) -> int:
    """Print a list of the company file."""
    found = SHOWN[options.what](open_company(options.data))
    if options.json:
        print(json.dumps(found, indent=2))
    else:
        print("\n".join(_lines(options.what, found)))
    return 0


def act(options: argparse.Namespace) -> int:
    """Do what a bookkeeper does."""
    try:
        result = perform(open_company(options.data), options.action, options.arguments)
    except (Refusal, HResult) as refusal:
        print(f"Refused. {refusal}")
        return 1
    print(result if result else "Done.")
    return 0


def update(options: argparse.Namespace) -> int:
    """Run one update session now."""
    company = open_company(options.data)
    log = company.path.with_name("QWCLog.txt")
    session = WebConnector(options.qwc.read_text(encoding="utf-8"), options.password, company, log_path=log).update()
    print("\n".join([*session.log, f"{session.outcome}: {session.message}"]))
    return EXITS[session.outcome]


def _lines(what: str, found: Any) -> list[str]:
    if isinstance(found, dict):
        return [f"{name}: {value}" for name, value in found.items()]
    if what == "log":
        return list(found)
    return [line for row in found for line in _described(what, row)]


def _described(what: str, row: views.Row) -> list[str]:
    if what == "estimates":
        head = f"{row['ref_number']:>11}  {row['date']}  {row['customer']}  {pretty(row['total'])}  {row['memo']}"
        return [head, *(f"{'':13}{pretty(line['amount']):>16}  {line['item']}  {line['description']}" for line in row["lines"])]
    if what == "costs":
        return [f"{row['date']}  {row['job']}  {row['item']}  {pretty(row['amount'])}  {row['vendor']}"]
    rest = [row[name] for name in ("AccountNumber", "AccountType", "income_account", "expense_account") if row.get(name)]
    inactive = "" if row["active"] else "  (inactive)"
    return [f"{row['id']}  {'  ' * row['level']}{row['full_name']}{inactive}  {'  '.join(rest)}".rstrip()]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m erp.simulator", description="A simulated QuickBooks Desktop.")
    commands = parser.add_subparsers(required=True)
    serving = _command(commands, "serve", serve, "serve the page and run the Web Connector on a timer")
    serving.add_argument("--host", default="127.0.0.1")
    serving.add_argument("--port", type=int, default=8010)
    serving.add_argument("--qwc", type=Path, default=Path("connection.qwc"), help="the .qwc file; it may appear later")
    serving.add_argument("--password-file", type=Path, default=Path("password"), help="a file that holds the password")
    serving.add_argument("--every", type=float, default=2.0, help="seconds between two updates")
    serving.add_argument("--name", default=demo.NAME, help="name of a newly made company")
    showing = _command(commands, "show", show, "print a list of the company file")
    showing.add_argument("what", choices=SHOWN)
    showing.add_argument("--json", action="store_true")
    acting = _command(commands, "act", act, "do what a bookkeeper does", epilog=_examples())
    acting.add_argument("action", choices=EXAMPLES, metavar="ACTION")
    acting.add_argument("arguments", nargs="*", metavar="ARGUMENT", help="by position or as name=value")
    updating = _command(commands, "update", update, "run one update session now")
    updating.add_argument("--qwc", type=Path, required=True)
    updating.add_argument("--password", required=True)
    return parser


def _command(
    commands: Any, name: str, run: Callable[[argparse.Namespace], int], text: str, epilog: str = ""
) -> argparse.ArgumentParser:
    command: argparse.ArgumentParser = commands.add_parser(
        name, help=text, description=text, epilog=epilog, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    command.add_argument("--data", type=Path, required=True, help="the folder with the company file")
    command.set_defaults(command=run)
    return command


def _examples() -> str:
    return "actions, each with an example:\n" + "\n".join(f"  {example}" for example in EXAMPLES.values())
