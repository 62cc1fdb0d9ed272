"""What the environment asks for, and what is refused before anything is started."""

import socket
import stat
from pathlib import Path

import pytest

from supervisor.settings import ROOT, PortTaken, Refused, is_loopback, kept_secret_key, read, refuse_taken_ports

OPEN = {"HOST": "0.0.0.0"}


def test_a_bare_environment_means_this_machine_alone_with_the_demo_people() -> None:
    settings = read({})
    assert (settings.host, settings.port, settings.var, settings.demo) == ("127.0.0.1", 8000, ROOT / "var", True)
    assert settings.address == "http://localhost:8000"


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.7", "localhost", "::1"])
def test_loopback_hosts_may_have_the_demo(host: str) -> None:
    assert is_loopback(host)
    assert read({"HOST": host}).demo


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.4", "accounting.example"])
def test_every_other_host_needs_a_secret_key(host: str) -> None:
    with pytest.raises(Refused, match="needs a SECRET_KEY; make one"):
        read({"HOST": host})
    with pytest.raises(Refused):
        read({"HOST": host, "SECRET_KEY": ""})


def test_a_host_that_others_reach_has_no_demo_people() -> None:
    assert not read(OPEN | {"SECRET_KEY": "k"}).demo


def test_the_demo_is_refused_where_others_reach_it_even_with_a_key() -> None:
    with pytest.raises(Refused, match="known passwords"):
        read(OPEN | {"SECRET_KEY": "k", "ERP_DEMO": "1"})


def test_the_demo_can_be_left_out_at_home() -> None:
    assert not read({"ERP_DEMO": "0"}).demo


def test_a_refusal_ends_with_status_2_and_a_taken_port_with_1() -> None:
    assert (Refused.status, PortTaken.status) == (2, 1)


@pytest.mark.parametrize("port", ["0", "65536", "eight", "-1", "80 80"])
def test_a_port_is_a_number_up_to_65535(port: str) -> None:
    with pytest.raises(Refused, match=f"PORT={port} is not a port"):
        read({"PORT": port})


def test_a_taken_port_is_named_with_its_cure() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        taken = other.getsockname()[1]
        with pytest.raises(PortTaken, match=rf"Port {taken} is taken by another program.*PORT={taken + 10}"):
            refuse_taken_ports(read({"PORT": str(taken)}))
        with pytest.raises(PortTaken, match="SIMULATOR_PORT="):
            refuse_taken_ports(read({"PORT": str(_free_port()), "SIMULATOR_PORT": str(taken)}))


def test_the_simulator_takes_the_next_free_port() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        taken = other.getsockname()[1]
        assert read({"PORT": str(taken - 1)}).simulator_port > taken


def test_a_relative_folder_is_made_absolute() -> None:
    assert read({"VAR_DIR": "elsewhere"}).var == Path.cwd() / "elsewhere"


def test_the_secret_key_is_made_once_and_its_owner_alone_reads_it(tmp_path: Path) -> None:
    key = kept_secret_key(tmp_path)
    assert len(key) == 64
    assert kept_secret_key(tmp_path) == key
    assert stat.S_IMODE((tmp_path / "secret_key").stat().st_mode) == 0o600


def test_two_installations_have_two_keys(tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    assert kept_secret_key(tmp_path) != kept_secret_key(other)


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])
