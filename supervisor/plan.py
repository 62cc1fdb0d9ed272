"""The command table of `run.py run`: data, so that a test puts other programs in its place."""

from collections.abc import Mapping
from dataclasses import dataclass

from supervisor.children import Command
from supervisor.redis_server import Redis
from supervisor.settings import Settings
from supervisor.venv import PYTHON

REPLACED = "HOST PORT SIMULATOR_PORT VAR_DIR SECRET_KEY REDIS_URL ERP_DEMO SIMULATOR_URL VIRTUAL_ENV PYTHONHOME".split()


@dataclass(frozen=True)
class Plan:
    """What is run: `redis` first, `migrate` to its end, then `web`, then `demo` to its end, then the `others`."""

    migrate: Command
    web: Command
    others: tuple[Command, ...]
    redis: Command | None = None
    demo: Command | None = None


def plan(settings: Settings, redis: Redis) -> Plan:
    """The programs of the product for these settings."""
    qwc = ("--qwc", str(settings.var / "demo.qwc"), "--password-file", str(settings.var / "demo.qwc.password"))
    serve = ("erp.simulator", "serve", "--data", str(settings.var / "simulator"), "--port", str(settings.simulator_port))
    simulator = _python("simulator", *serve, *qwc, "--every", "2")
    worker, clock = _python("worker", "jobs.worker"), _python("clock", "jobs.clock")
    return Plan(
        redis=Command("redis", redis.argv, stops_last=True) if redis.argv else None,
        migrate=_flask("migrate", "db", "upgrade"),
        web=_python("web", "waitress", f"--listen={_listen(settings)}", "--threads=8", "--call", "app:create_app"),
        demo=_flask("demo", "demo", "--base-url", settings.address, *qwc) if settings.demo else None,
        others=((simulator,) if settings.demo else ()) + ((worker,) if redis.url else ()) + (clock,),
    )


def environment(settings: Settings, redis: Redis, outer: Mapping[str, str]) -> dict[str, str]:
    """The children's environment: the outer one, with what run.py has decided."""
    decided = {
        "HOST": settings.host,
        "PORT": str(settings.port),
        "SIMULATOR_PORT": str(settings.simulator_port),
        "VAR_DIR": str(settings.var),
        "SECRET_KEY": settings.secret_key,
        "REDIS_URL": redis.url,
        "PYTHONUNBUFFERED": "1",
    }
    if settings.demo:
        decided |= {"ERP_DEMO": "1", "SIMULATOR_URL": settings.simulator_address}
    return {name: value for name, value in outer.items() if name not in REPLACED} | decided


def _python(name: str, module: str, *arguments: str) -> Command:
    return Command(name, (str(PYTHON), "-m", module, *arguments))


def _flask(name: str, *arguments: str) -> Command:
    return _python(name, "flask", "--app", "app", *arguments)


def _listen(settings: Settings) -> str:
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    return f"{host}:{settings.port}"
