"""Add project: Ann picks from what she is Admin of; what she adds waits for a decision like any other."""

import pytest

from erp.db import db
from erp.documents.project import grant
from erp.items import find
from erp.people import Level
from erp.states import State
from tests.unit.web.pages import all_words, rows, told


@pytest.fixture
def url(stage):
    return f"/erp/{stage.connection.id}/projects/new"


@pytest.fixture
def mine(stage):
    """Ann is Admin on Pier 9's Project Admin tool, and only Standard on the noise."""
    noise = stage.project("27-1", "Noise")
    grant(stage.pier, stage.people.ann, "project_admin", Level.ADMIN)
    grant(noise, stage.people.ann, "project_admin", Level.STANDARD)
    db.session.commit()
    return stage.pier


def test_only_flagged_never_sent_projects_of_hers_are_offered(stage, as_, url, mine):
    ann = as_("ann")
    assert rows(ann.get(url)) == ["Pier 9 Sewer Renewal"]
    mine.erp_integrated = False
    db.session.commit()
    assert rows(ann.get(url)) == []
    mine.erp_integrated = True
    stage.job()
    assert rows(ann.get(url)) == []


def test_what_is_ticked_is_sent_and_waits_for_a_decision(stage, as_, url, mine):
    answer = as_("ann").post(url, data={"ids": [mine.id]}, follow_redirects=True)
    assert told(answer) == ["1 sent to Harbor & Hill."]
    assert find(stage.connection.id, mine.id).state == State.READY


def test_what_was_not_offered_is_not_sent(stage, as_, url, mine):
    noise = stage.project("27-2", "More noise")
    answer = as_("ann").post(url, data={"ids": [noise.id, 999]}, follow_redirects=True)
    assert told(answer) == ["Nothing was chosen. Tick the rows to send first."]
    assert find(stage.connection.id, noise.id) is None


def test_who_may_not_sees_no_way_to_it(stage, as_, url, mine):
    listed = f"/erp/{stage.connection.id}/job/"
    assert "Add project" in all_words(as_("ann").get(listed), "//a")
    for name in ("stan", "adam"):
        assert "Add project" not in all_words(as_(name).get(listed), "//a")
        assert as_(name).get(url).status_code == 403
