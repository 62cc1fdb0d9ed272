"""The page of differences after a restore."""

import pytest
from sqlalchemy import select

from erp.books import sightings
from erp.db import db, transaction
from erp.exchanges.exchange import Exchange, ExchangeState


@pytest.mark.parametrize(("name", "status"), [("adam", 200), ("ann", 403), ("stan", 403), ("pam", 403), ("olga", 403)])
def test_only_administrators_of_erp_read_it(stage, as_, name, status):
    assert as_(name).get(f"/erp/{stage.connection.id}/differences").status_code == status


def test_it_says_that_nothing_was_searched_yet_and_searches_once(stage, as_):
    adam, url = as_("adam"), f"/erp/{stage.connection.id}/differences"
    assert "has not been searched" in adam.get(url).text
    for _ in range(2):
        assert adam.post(url).status_code == 303
    queued = db.session.scalars(select(Exchange.subject).where(Exchange.subject.startswith("marked:"))).all()
    assert sorted(queued) == ["marked:customer", "marked:estimate", "marked:item", "marked:vendor"]


def test_it_names_what_is_not_known_here(stage, as_):
    adam, url = as_("adam"), f"/erp/{stage.connection.id}/differences"
    adam.post(url)
    with transaction():
        for row in db.session.scalars(select(Exchange).where(Exchange.subject.startswith("marked:"))):
            row.state = ExchangeState.SYNCED
        found = {"erp_id": "8-1", "name": "Bayview:<b>Pier", "guid": "", "markers": ["CS-ABCDEFGHJK23"]}
        sightings.take(stage.connection.id, "customer", [found], row.id)
    page = adam.get(url).text
    assert "Bayview:&lt;b&gt;Pier" in page
    assert "CS-ABCDEFGHJK23" in page
