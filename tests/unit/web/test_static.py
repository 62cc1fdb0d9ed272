"""Files of the browser: versioned addresses, packed, kept for a year, and nothing outside the folder."""

import gzip
import re

import pytest


def addresses(client):
    return re.findall(r'(?:src|href)="(/static/[^"]+)"', client.get("/login").text)


def test_every_address_carries_the_version_of_its_file_and_may_be_kept_for_a_year(client):
    found = addresses(client)
    assert len(found) >= 4
    for address in found:
        answer = client.get(address)
        assert answer.status_code == 200
        assert "immutable" in answer.headers["Cache-Control"], address


@pytest.mark.parametrize("version", ["", "?v=", "?v=old"])
def test_an_address_of_another_version_gets_the_new_file_and_keeps_it_for_nothing(client, version):
    answer = client.get(f"/static/app.js{version}")
    assert answer.headers["Cache-Control"] == "no-cache"
    again = client.get(f"/static/app.js{version}", headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_it_is_sent_packed_to_who_can_unpack_it(client):
    plain, packed = client.get("/static/app.css"), client.get("/static/app.css", headers={"Accept-Encoding": "gzip"})
    assert "Content-Encoding" not in plain.headers
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.data) == plain.data
    assert "Accept-Encoding" in packed.headers["Vary"]
    assert plain.headers["ETag"] != packed.headers["ETag"]


def test_what_a_page_loads_weighs_less_than_60_kb(client):
    weight = sum(len(client.get(one, headers={"Accept-Encoding": "gzip"}).data) for one in addresses(client))
    assert weight + len(client.get("/static/icons.svg", headers={"Accept-Encoding": "gzip"}).data) < 40_000


@pytest.mark.parametrize("name", ["../app.py", "%2e%2e/app.py", "..%5capp.py", "nothing.js", "", "%00"])
def test_nothing_else_is_served(client, name):
    assert client.get(f"/static/{name}").status_code in (404, 308)
