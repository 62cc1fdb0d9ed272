"""What the environment asks of `run.py run`, read and refused before anything is started."""

import errno
import ipaddress
import os
import secrets
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


class Refused(Exception):
    """The start is refused, with the sentence that is shown; the process ends with `status`."""

    status = 2


class PortTaken(Refused):
    """Another program listens there."""

    status = 1

    def __init__(self, variable: str, port: int) -> None:
        super().__init__(f"Port {port} is taken by another program; choose another one, for example {variable}={port + 10}.")


@dataclass(frozen=True)
class Settings:
    """Where to listen, where to keep what is kept, and whether the demo people are allowed."""

    host: str
    port: int
    simulator_port: int
    var: Path
    demo: bool
    secret_key: str
    redis_url: str | None  # None: find a server; empty: none wanted

    @property
    def address(self) -> str:
        """The address for a person's browser."""
        return f"http://{_shown(self.host)}:{self.port}"

    @property
    def simulator_address(self) -> str:
        """The simulated QuickBooks' own page."""
        return f"http://localhost:{self.simulator_port}"


def read(env: Mapping[str, str]) -> Settings:
    """The settings of an environment; raises Refused with one clear sentence."""
    host, port = env.get("HOST") or "127.0.0.1", _port(env, "PORT", 8000)
    _refuse_in_the_open(host, env)
    return Settings(
        host=host,
        port=port,
        simulator_port=_port(env, "SIMULATOR_PORT", 0) or _free_port_after(port),
        var=Path(env.get("VAR_DIR") or ROOT / "var").absolute(),
        demo=is_loopback(host) and env.get("ERP_DEMO", "1") == "1",
        secret_key=env.get("SECRET_KEY", ""),
        redis_url=env.get("REDIS_URL"),
    )


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches the address."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def kept_secret_key(var: Path) -> str:
    """The key of this loopback installation: made once, readable by its owner alone."""
    path = var / "secret_key"
    with os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), "r+") as file:
        if not file.read():
            file.write(secrets.token_hex(32))
    return path.read_text()


def refuse_taken_ports(settings: Settings) -> None:
    """Raise PortTaken when the web or the simulator could not listen."""
    if is_taken(settings.host, settings.port):
        raise PortTaken("PORT", settings.port)
    if settings.demo and is_taken("127.0.0.1", settings.simulator_port):
        raise PortTaken("SIMULATOR_PORT", settings.simulator_port)


def is_taken(host: str, port: int) -> bool:
    """Whether a listener could not be opened there now."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, port))
            listener.listen(1)
        except PermissionError:
            raise Refused(f"Port {port} is kept for the administrator; choose one above 1023, for example PORT=8000.") from None
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                return True
            raise Refused(f"HOST={host} is not an address of this machine.") from None
    return False


def _refuse_in_the_open(host: str, env: Mapping[str, str]) -> None:
    if is_loopback(host):
        return
    if env.get("ERP_DEMO") == "1":
        raise Refused(f"ERP_DEMO=1 makes people with known passwords and is refused on HOST={host}: take one of the two away.")
    if not env.get("SECRET_KEY"):
        make = "python3 -c 'import secrets; print(secrets.token_hex(32))'"
        raise Refused(f"HOST={host} is open to other machines and needs a SECRET_KEY; make one, and keep it, with: {make}")


def _port(env: Mapping[str, str], variable: str, default: int) -> int:
    text = env.get(variable) or str(default)
    if not text.isdecimal() or not 0 <= int(text) <= 65535 or (int(text) == 0 and default):
        raise Refused(f"{variable}={text} is not a port: a number from 1 to 65535 is wanted.")
    return int(text)


def _free_port_after(port: int) -> int:
    for candidate in range(port + 1, min(port + 100, 65536)):
        if not is_taken("127.0.0.1", candidate):
            return candidate
    raise Refused(f"No port after {port} is free for the simulated QuickBooks; set SIMULATOR_PORT to a free one.")


def _shown(host: str) -> str:
    if host in {"127.0.0.1", "::1"}:
        return "localhost"
    if host in {"0.0.0.0", "::"}:  # noqa: S104 - compared, not bound
        return socket.gethostname()
    return f"[{host}]" if ":" in host else host
