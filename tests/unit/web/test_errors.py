"""Errors as people read them: what happened, whether anything reached accounting, what to do; as a page and as a fragment."""

import pytest
from sqlalchemy import event

from erp.db import db, transaction
from erp.documents.document import StaleDocument
from erp.items.perform import Refused
from erp.kind import Reason
from erp.web.access import needs
from tests.databases import on_postgresql
from tests.unit.web.pages import page, words

HTMX = {"HX-Request": "true"}


@pytest.fixture
def raises(alone, app):
    """A page that raises: raises(what) gives its URL."""

    def make(trouble):
        def view():
            raise trouble

        app.add_url_rule("/trouble", "trouble", needs("signed_in")(view), methods=["GET", "POST"])
        return "/trouble"

    return make


def heading(answer):
    return words(page(answer).xpath("//h1")[0])


@pytest.mark.parametrize(("name", "url", "status", "title"), [
    ("ann", "/nowhere", 404, "There is nothing here"), ("pam", "/erp/", 403, "You may not do this"),
    ("ann", "/logout", 405, "This could not be read"),
])  # fmt: skip
def test_an_error_has_a_page_with_its_status_and_the_way_to_the_start(as_, name, url, status, title):
    answer = as_(name).get(url)
    assert (answer.status_code, heading(answer)) == (status, title)
    assert "/" in page(answer).xpath("//main//a/@href")
    assert "Nothing was changed" in words(page(answer))


def test_an_error_answers_htmx_with_a_fragment_into_the_messages(as_):
    answer = as_("pam").get("/erp/", headers=HTMX)
    assert answer.status_code == 403
    assert (answer.headers["HX-Retarget"], answer.headers["HX-Reswap"]) == (".flashes", "innerHTML")
    assert "<html" not in answer.text
    assert "Nothing was changed" in words(page(answer))


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_a_fault_of_ours_tells_no_trace(as_, raises, headers, caplog):
    answer = as_("ann").get(raises(RuntimeError("the canary in the trace")), headers=headers)
    assert answer.status_code == 500
    assert b"canary" not in answer.data
    assert b"Traceback" not in answer.data
    assert "the canary in the trace" in caplog.text


@pytest.mark.parametrize(("trouble", "words_told"), [
    (Refused([Reason("The job comes first.", "/projects/7", "See it")]), "The job comes first. See it"),
    (StaleDocument(), StaleDocument.sentence),
], ids=["refused", "stale document"])  # fmt: skip
def test_a_refusal_that_no_view_caught_is_409_with_its_reasons_and_links(as_, raises, trouble, words_told):
    url = raises(trouble)
    answer, fragment = as_("ann").get(url), as_("ann").get(url, headers=HTMX)
    assert (answer.status_code, fragment.status_code) == (409, 409)
    assert words_told in words(page(answer))
    assert words(page(fragment)) == words_told


def test_a_reason_with_markup_in_it_is_shown_as_text(as_, raises):
    answer = as_("ann").get(raises(Refused([Reason("<script>alert(1)</script>", '"><b>', "<i>x</i>")])))
    assert b"<script>alert" not in answer.data
    assert b"<i>x" not in answer.data
    assert b'"><b>' not in answer.data


def test_what_was_half_done_is_not_saved(alone, people, as_, app):
    def view():
        people.stan.name = "Half done"
        db.session.flush()
        raise RuntimeError("boom")

    app.add_url_rule("/half", "half", needs("signed_in")(view), methods=["POST"])
    assert as_("ann").post("/half").status_code == 500
    assert people.stan.name == "Stan"


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_a_fault_after_the_click_was_kept_does_not_deny_it(alone, people, as_, app, headers):
    def view():
        with transaction():
            people.stan.name = "Done"
        raise RuntimeError("boom")

    app.add_url_rule("/kept", "kept", needs("signed_in")(view), methods=["POST"])
    answer = as_("ann").post("/kept", headers=headers)
    told = words(page(answer))
    assert answer.status_code == 500
    assert "Your click was done; afterwards something went wrong on our side. Reload the page to see it." in told
    assert "not saved" not in told


@pytest.mark.parametrize("headers", [{}, HTMX])
@pytest.mark.parametrize("strict", [False, True])
def test_a_form_of_two_megabytes_is_413_and_not_read(app, as_, headers, strict):
    app.config["WTF_CSRF_ENABLED"] = strict
    answer = as_("adam").post("/settings/connections/new", data={"name": "x" * (2 * 2**20)}, headers=headers)
    assert answer.status_code == 413
    assert "othing was" in words(page(answer))


def test_a_form_of_a_thousand_fields_is_refused(app, as_):
    answer = as_("adam").post("/settings/connections/new", data={f"f{n}": "x" for n in range(5000)})
    assert answer.status_code in (413, 422)


@pytest.fixture
def locked(app, people):
    """Somebody else holds the database for writing."""
    db.session.remove()
    db.engine.dispose()
    event.listen(db.engine, "connect", _hurry)
    with db.engine.connect() as other:
        other.begin()
        yield
    event.remove(db.engine, "connect", _hurry)


def _hurry(raw, _):
    raw.execute("SET lock_timeout = 20" if on_postgresql() else "PRAGMA busy_timeout=20")
    raw.commit()


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_a_busy_database_is_503_with_a_sentence_and_no_fault(app, people, as_, request, headers):
    ann = as_("ann")
    request.getfixturevalue("locked")
    answer = ann.post("/erp/1/job/export", headers=headers)
    assert answer.status_code == 503
    assert "The database is busy. Nothing was changed; try again in a moment." in words(page(answer))
    assert ann.get("/login").status_code in (200, 302)


def test_reading_goes_on_while_somebody_writes(app, stage, as_, request):
    ann, here = as_("ann"), stage.connection.id
    request.getfixturevalue("locked")
    assert ann.get(f"/erp/{here}/job/").status_code == 200


@pytest.mark.parametrize("form", [{"version": 10**30}, {"version": "-1"}, {"version": "x"}, {"customer": "\0"}, {"filter": "nowhere"},
                                  {"comment": "\0"}])  # fmt: skip
def test_odd_values_in_a_decision_are_no_fault_of_ours(stage, as_, form):
    item = stage.job()
    for noun in ("acceptance", "rejection"):
        answer = as_("ann").post(f"/erp/{stage.connection.id}/items/{item.id}/{noun}", data={"version": item.version, **form})
        assert answer.status_code < 500


@pytest.mark.parametrize("query", ["after=x", "after=x~1", "after=~", "after=2026-01-01T00:00:00~x", "after=2026-01-01~" + "9" * 30,
                                   "accept=" + "9" * 30, "q=%00", "q=" + "x" * 5000, "after=0001-01-01T00:00:00~1"])  # fmt: skip
@pytest.mark.parametrize("chosen", ["ready-to-export", "ready-to-import"])
def test_an_odd_address_of_a_list_is_no_fault_of_ours(stage, as_, query, chosen):
    stage.job()
    assert as_("ann").get(f"/erp/{stage.connection.id}/job/{chosen}?{query}", follow_redirects=True).status_code in (
        200,
        400,
        404,
    )
