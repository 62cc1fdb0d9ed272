"""The databases of the tests, on SQLite or on PostgreSQL: made once, and copied for every test.

`--database=postgresql` or TEST_DATABASE=postgresql chooses; TEST_POSTGRES is the address of the running server.
"""

import os
import shutil
import sqlite3
from abc import ABC, abstractmethod
from contextlib import closing
from pathlib import Path

from sqlalchemy import Engine, create_engine, event, make_url


class Databases(ABC):
    """Databases by name. Whoever copies or drops one has closed it before."""

    @abstractmethod
    def url(self, name: str) -> str:
        """The SQLAlchemy address of a database; SQLite makes it when it is first used."""

    @abstractmethod
    def make(self, name: str) -> None:
        """An empty database in place of what had this name."""

    @abstractmethod
    def copy(self, source: str, target: str) -> None:
        """A second one like the first, in place of what had its name."""

    @abstractmethod
    def drop(self, name: str) -> None:
        """Take it away, if it is there."""

    @abstractmethod
    def quicken(self, engine: Engine) -> None:
        """Let the engine forget about power cuts."""


class Files(Databases):
    """SQLite files in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def url(self, name: str) -> str:
        return f"sqlite:///{self._path(name)}"

    def make(self, name: str) -> None:
        self.drop(name)

    def copy(self, source: str, target: str) -> None:
        self.drop(target)
        with closing(sqlite3.connect(self._path(source))) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        shutil.copy(self._path(source), self._path(target))

    def drop(self, name: str) -> None:
        for file in self.folder.glob(f"{name}.db*"):
            file.unlink()

    def quicken(self, engine: Engine) -> None:
        event.listen(engine, "connect", lambda raw, _: raw.execute("PRAGMA synchronous=OFF"))

    def _path(self, name: str) -> Path:
        return self.folder / f"{name}.db"


class Served(Databases):
    """Databases of a PostgreSQL server; `prefix` keeps the processes of one run apart."""

    def __init__(self, server: str, prefix: str) -> None:
        self.server, self.prefix = make_url(server), prefix
        self.engine = create_engine(self.server, isolation_level="AUTOCOMMIT", pool_pre_ping=True)

    def url(self, name: str) -> str:
        return self.server.set(database=self._name(name)).render_as_string(hide_password=False)

    def make(self, name: str) -> None:
        self._copy("template1", name)

    def copy(self, source: str, target: str) -> None:
        self._copy(self._name(source), target)

    def drop(self, name: str) -> None:
        self._do(f'DROP DATABASE IF EXISTS "{self._name(name)}" WITH (FORCE)')

    def quicken(self, engine: Engine) -> None:
        """The server has forgotten about them already."""

    def _copy(self, source: str, target: str) -> None:
        self.drop(target)
        self._do(f'CREATE DATABASE "{self._name(target)}" TEMPLATE "{source}"')

    def _name(self, name: str) -> str:
        return f"{self.prefix}-{name}"

    def _do(self, statement: str) -> None:
        with self.engine.connect() as connection:
            connection.exec_driver_sql(statement)


def databases(folder: Path, room: str) -> Databases:
    """The databases of this process; those of one room do not meet those of another."""
    if os.environ.get("TEST_DATABASE") != "postgresql":
        return Files(folder)
    return Served(os.environ["TEST_POSTGRES"], f"{os.environ.get('PYTEST_XDIST_WORKER', 'one')}-{room}")


def on_postgresql() -> bool:
    """Whether this run is on PostgreSQL."""
    return os.environ.get("TEST_DATABASE") == "postgresql"
