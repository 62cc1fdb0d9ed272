"""`run.py run`: everything of the product under one supervisor, until Ctrl-C."""

import http.client
import os
import shutil
import subprocess
import textwrap
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

from supervisor import redis_server, venv
from supervisor.children import Household, Stopped, say
from supervisor.plan import Plan, environment, plan
from supervisor.redis_server import Redis
from supervisor.running import take_lock
from supervisor.settings import ROOT, Settings, kept_secret_key, read, refuse_taken_ports


def run() -> int:
    """Start everything and stay until the end; raises Refused or Failed with the sentence to show."""
    settings = read(os.environ)
    with take_lock(settings.var, settings.address) as lock:
        refuse_taken_ports(settings)
        settings = with_secret_key(settings)
        venv.ensure(venv.RUN)
        redis = redis_server.resolve(settings.redis_url, settings.var)
        facts = {"address": settings.address, "simulator": settings.simulator_address if settings.demo else None}
        env = environment(settings, redis, os.environ)
        try:
            with Household(settings.var, env, ROOT, facts, keeps=(lock.fileno(),)) as household:
                keep_house(household, plan(settings, redis), settings, redis.sentence)
        except Stopped:
            say("Stopped.")
        finally:
            _tidy(redis.url, settings.var)
    return 0


def flask(arguments: Sequence[str]) -> int:
    """`run.py flask …`: a command of the product, with the folder, the database and the key of `run.py run`."""
    settings = read(os.environ)
    settings.var.mkdir(mode=0o700, parents=True, exist_ok=True)
    venv.ensure(venv.RUN)
    redis = Redis(settings.redis_url or "", (), "")
    env = environment(with_secret_key(settings), redis, os.environ)
    return subprocess.run([venv.PYTHON, "-m", "flask", "--app", "app", *arguments], cwd=ROOT, env=env).returncode


def with_secret_key(settings: Settings) -> Settings:
    """The settings with the key of the environment, else with the one that is kept in the folder."""
    return replace(settings, secret_key=settings.secret_key or kept_secret_key(settings.var))


def keep_house(household: Household, plan: Plan, settings: Settings, redis: str) -> None:
    """Bring everything up in its order, say where it is, and keep it alive."""
    if plan.redis:
        household.start(plan.redis)
    household.finish(plan.migrate)
    household.start(plan.web)
    logins = household.finish(plan.demo) if plan.demo else ""
    household.start(*plan.others)
    household.until(lambda: answers(settings), "web")
    household.tell(ready=True, logins=logins)
    say(banner(settings, logins, redis))
    household.watch()


def answers(settings: Settings) -> bool:
    """Whether the first page is there."""
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(settings.host, settings.host)  # noqa: S104 - compared, not bound
    connection = http.client.HTTPConnection(host, settings.port, timeout=3)
    try:
        connection.request("GET", "/")
        connection.getresponse()
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
    return True


def banner(settings: Settings, logins: str, redis: str) -> str:
    """What the person at the terminal needs: the address, who may sign in, and how to stop."""
    people = [textwrap.indent(textwrap.dedent(logins).rstrip(), "  "), "", f"Simulated QuickBooks:  {settings.simulator_address}"]
    nobody = ["Make the first owner:  python3 run.py flask user create you@company.example --owner"]
    rest = [f"Redis:                 {redis}", f"Logs and data:         {_short(settings.var)}", "Stop everything:       Ctrl-C"]
    return "\n".join(["", f"Countersign is ready:  {settings.address}", "", *(people if settings.demo else nobody), *rest])


def _short(path: Path) -> str:
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(path)


def _tidy(redis_url: str, var: Path) -> None:
    """Take away the private folder of a socket whose path in `var` would have been too long."""
    parts = urlsplit(redis_url)
    folder = Path(parts.path).parent
    if parts.scheme == "unix" and folder.name.startswith("countersign-") and folder != var:
        shutil.rmtree(folder, ignore_errors=True)
