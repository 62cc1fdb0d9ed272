"""The development inbox: one's own mails, everything in the demo, and no such page where a mail server is."""

import pytest

from erp.db import db
from erp.mail import Mail
from tests.unit.web.pages import page, words


@pytest.fixture
def mails(stage):
    """Pam and Bob are told about a rejection."""
    stage.reject(stage.job(), "<script>alert(1)</script>")
    return {mail.to.partition("@")[0]: mail.id for mail in db.session.query(Mail)}


@pytest.fixture
def real(app):
    """Not the demo."""
    app.config["ERP_DEMO"] = False


def listed(answer):
    return [words(one) for one in page(answer).xpath("//tbody/tr/td[1]") if "@" in words(one)]


def test_everybody_reads_everything_in_the_demo(mails, as_):
    for name in ("pam", "stan", "olga"):
        assert listed(as_(name).get("/dev/inbox/")) == ["bob@x.test", "pam@x.test"]
        assert as_(name).get(f"/dev/inbox/{mails['pam']}").status_code == 200


def test_elsewhere_everybody_reads_his_own_and_the_owner_all(real, mails, as_):
    assert listed(as_("pam").get("/dev/inbox/")) == ["pam@x.test"]
    assert listed(as_("ann").get("/dev/inbox/")) == []
    assert listed(as_("olga").get("/dev/inbox/")) == ["bob@x.test", "pam@x.test"]


@pytest.mark.parametrize("part", ["", "/html"])
def test_a_mail_of_somebody_else_is_404(real, mails, as_, part):
    assert as_("pam").get(f"/dev/inbox/{mails['pam']}{part}").status_code == 200
    assert as_("olga").get(f"/dev/inbox/{mails['pam']}{part}").status_code == 200
    for name in ("ann", "stan", "adam", "bob"):
        assert as_(name).get(f"/dev/inbox/{mails['pam']}{part}").status_code == 404


def test_nobody_reads_nothing(mails, as_):
    assert as_("nobody").get(f"/dev/inbox/{mails['pam']}").location.startswith("/login")


def test_with_a_mail_server_there_is_no_such_page(app, mails, as_):
    app.config["MAIL_URL"] = "smtp://localhost"
    for url in ("/dev/inbox/", f"/dev/inbox/{mails['pam']}", f"/dev/inbox/{mails['pam']}/html"):
        assert as_("olga").get(url).status_code == 404


def test_a_mail_is_shown_as_text(mails, as_):
    answer = as_("pam").get(f"/dev/inbox/{mails['pam']}")
    assert "Comment: <script>alert(1)</script>" in words(page(answer))
    assert "<script>alert" not in answer.text


def test_its_html_stands_in_a_sandbox_of_its_own(mails, as_):
    answer = as_("pam").get(f"/dev/inbox/{mails['pam']}/html")
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "<script>" not in answer.text


def test_an_empty_inbox_says_when_something_appears(people, as_):
    assert "No mails." in words(page(as_("pam").get("/dev/inbox/")))
