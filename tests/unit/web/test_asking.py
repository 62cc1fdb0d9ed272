"""The button on the desk: for Stan, once a day, and for nobody who holds the privilege."""

import pytest

from tests.unit.web.pages import buttons, page, told, words

ASK = "Ask for the right to approve"


@pytest.fixture
def desk(stage):
    return f"/erp/{stage.connection.id}/job/"


@pytest.fixture
def url(stage):
    return f"/erp/{stage.connection.id}/right-to-approve"


@pytest.mark.parametrize(("name", "there"), [("stan", True), ("adam", True), ("ann", False), ("bob", False)])
def test_the_button_is_absent_for_whoever_holds_the_privilege(stage, as_, desk, name, there):
    assert (ASK in buttons(as_(name).get(desk))) is there


def test_stan_asks_and_reads_who_was_told_and_when_he_asked(stage, as_, desk, url):
    stan = as_("stan")
    assert stan.post(url, data={"back": desk}).location == desk
    answer = stan.get(desk)
    assert told(answer) == ["Olga was told by mail."]
    assert ASK not in buttons(answer)
    assert "You asked for the right to approve" in words(page(answer).xpath("//header[@class='desk-head']")[0])
    assert stage.mails() == [("olga@x.test", "Stan asks for the right to approve")]


def test_a_second_press_tells_nobody(stage, as_, desk, url):
    stan = as_("stan")
    stan.post(url)
    stan.post(url)
    assert "within the last day" in " ".join(told(stan.get(desk)))
    assert len(stage.mails()) == 1


@pytest.mark.parametrize(("name", "status"), [("nobody", 302), ("pam", 403), ("olga", 403), ("ann", 303)])
def test_a_forged_press_tells_nobody(stage, as_, url, name, status):
    assert as_(name).post(url).status_code == status
    assert stage.mails() == []


@pytest.mark.parametrize("back", ["", "//evil.test", "http://evil.test/erp/", "/logout"])
def test_it_leads_back_to_the_desk_and_nowhere_else(stage, as_, url, back):
    assert as_("stan").post(url, data={"back": back}).location == "/erp/"
