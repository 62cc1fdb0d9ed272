"""The thread in the browser: on the PM's page and in Details."""

import re
from typing import Any

import pytest
from flask import Flask

from erp.db import db
from erp.documents import comments, cost_code, project
from erp.items import Item
from erp.people import Level
from tests.unit.stage import Stage

XSS = '<script>alert(1)</script><img src=x onerror=alert(1)>" hx-get="/x" {{ 7*7 }}'
HTMX = {"HX-Request": "true"}
INLINE = r"<script(?![^>]*\bsrc=)|\sstyle=|\son[a-z]+=|hx-on|js:"


def texts(document: Any) -> list[str]:
    db.session.expire_all()
    return [comment.text for comment in comments.of(document)]


def url(slug: str, document: Any) -> str:
    return f"/documents/{slug}/{document.id}/comments"


def details(item: Item, tab: str = "comments") -> str:
    return f"/erp/{item.connection_id}/items/{item.id}?tab={tab}"


def documents(stage: Stage) -> list[tuple[str, Any, str]]:
    """(slug, document, its page) of every kind, all of them sent."""
    budget = stage.ready_budget()
    code = db.session.get_one(cost_code.CostCode, stage.codes[0].id)
    made = budget.declaration.load(budget.document_id)
    return [("job", stage.pier, f"/projects/{stage.pier.id}"), ("cost_code", code, f"/cost-codes/{code.id}/edit"),
            ("budget", made, f"/projects/{stage.pier.id}/budget")]  # fmt: skip


def test_ann_asks_in_details_and_pam_answers_on_her_page_for_every_kind(as_: Any, stage: Stage) -> None:
    for slug, document, page in documents(stage):
        item = stage.item(document.id)
        asked = as_("ann").post(url(slug, document), data={"text": "Which\r\ngate?", "back": details(item), "item_id": item.id})
        assert (asked.status_code, asked.location) == (303, f"{details(item)}#comments-{document.id}")
        shown = as_("pam").get(page).text
        assert '<p class="comment-text">Which\ngate?</p>' in shown
        assert "Comments (<span" in shown
        answered = as_("pam").post(url(slug, document), data={"text": "Gate B.", "back": page})
        assert answered.location == f"{page}#comments-{document.id}"
        text = as_("ann").get(details(item)).text
        assert re.search(rf'Comments \(<span id="comments-count-{document.id}">2</span>\)', text)
        assert text.index("Which\ngate?") < text.index("Gate B.")
        assert texts(document) == ["Which\ngate?", "Gate B."]


def test_the_form_has_its_labels_everywhere(as_: Any, stage: Stage) -> None:
    for _, document, page in documents(stage):
        for name, where in (("pam", page), ("ann", details(stage.item(document.id)))):
            text = as_(name).get(where).text
            assert f'<label for="comments-{document.id}-text">Comment</label>' in text
            assert f'<textarea id="comments-{document.id}-text" name="text"' in text
            assert '<button class="btn">Add comment</button>' in text
            assert "Nobody has written anything yet." in text


def test_other_documents_stay_silent(as_: Any, stage: Stage) -> None:
    item, noise = stage.job(), stage.project()
    as_("pam").post(url("job", noise), data={"text": "noise"})
    as_("ann").post(url("job", stage.pier), data={"text": "Which gate?"})
    assert texts(noise) == ["noise"]
    assert texts(stage.pier) == ["Which gate?"]
    assert "noise" not in as_("ann").get(details(item)).text
    assert "Which gate?" not in as_("pam").get(f"/projects/{noise.id}").text


@pytest.mark.parametrize(("name", "before", "after"), [("pam", 303, 303), ("ann", 404, 303), ("bob", 404, 303),
                                                       ("stan", 404, 303), ("adam", 404, 303), ("olga", 404, 404),
                                                       ("nobody", 302, 302)])  # fmt: skip
def test_who_may_write_about_a_project_before_and_after_it_was_sent(
    as_: Any, stage: Stage, name: str, before: int, after: int
) -> None:
    browser = as_(name)
    assert browser.post(url("job", stage.pier), data={"text": "x"}).status_code == before
    stage.job()
    assert browser.post(url("job", stage.pier), data={"text": "x"}).status_code == after
    assert len(texts(stage.pier)) == [before, after].count(303)


@pytest.mark.parametrize(("name", "before", "after"), [("pam", 303, 303), ("adam", 303, 303), ("ann", 404, 303),
                                                       ("stan", 404, 303), ("olga", 404, 404), ("nobody", 302, 302)])  # fmt: skip
def test_who_may_write_about_a_cost_code(as_: Any, stage: Stage, name: str, before: int, after: int) -> None:
    code = stage.codes[0]
    assert as_(name).post(url("cost_code", code), data={"text": "x"}).status_code == before
    stage.send("cost_code", code)
    assert as_(name).post(url("cost_code", code), data={"text": "x"}).status_code == after


def test_a_project_manager_of_another_project_sees_nothing_of_this_one(as_: Any, stage: Stage) -> None:
    stage.job()
    other = stage.project()
    project.grant(other, stage.people.olga, "project_admin", Level.ADMIN)
    db.session.commit()
    assert as_("olga").post(url("job", other), data={"text": "x"}).status_code == 303
    assert as_("olga").post(url("job", stage.pier), data={"text": "x"}).status_code == 404


@pytest.mark.parametrize("path", ["job/99999", "budget/{p}", "cost_code/{p}", "nonsense/{p}", f"job/{10**30}", "job/0"])
def test_foreign_ids_are_not_found(as_: Any, stage: Stage, path: str) -> None:
    assert as_("pam").post(f"/documents/{path.format(p=stage.pier.id)}/comments", data={"text": "x"}).status_code == 404


@pytest.mark.parametrize(("text", "sentence"), [
    ("", "Comment is missing. Write it."), ("kept\x07 input", "Comment has a control character (U+0007)"),
    ("kept" + "x" * 4000, "Comment has 4004 characters; at most 4000 fit."),
])  # fmt: skip
def test_what_cannot_be_taken_is_said_and_the_input_stays(as_: Any, stage: Stage, text: str, sentence: str) -> None:
    for headers in ({}, HTMX):
        answer = as_("pam").post(
            url("job", stage.pier), data={"text": text, "back": f"/projects/{stage.pier.id}"}, headers=headers
        )
        assert answer.status_code == 422
        assert sentence in answer.text
        assert 'role="alert"' in answer.text
        assert f'name="back" value="/projects/{stage.pier.id}"' in answer.text
        assert "kept" in answer.text or not text
        assert ("<html" in answer.text) == (headers == {})
    assert texts(stage.pier) == []


def test_htmx_swaps_the_thread_and_its_count(as_: Any, stage: Stage) -> None:
    item = stage.job()
    answer = as_("ann").post(url("job", stage.pier), data={"text": "Which gate?", "item_id": item.id}, headers=HTMX)
    assert answer.status_code == 200
    assert answer.text.lstrip().startswith(f'<section id="comments-{stage.pier.id}"')
    assert f'<hx-partial hx-target="#comments-count-{stage.pier.id}" hx-swap="innerHTML">1</hx-partial>' in answer.text
    assert f'name="item_id" value="{item.id}"' in answer.text


def test_markup_is_shown_as_it_was_typed(as_: Any, stage: Stage) -> None:
    item, page = stage.job(), f"/projects/{stage.pier.id}"
    as_("pam").post(url("job", stage.pier), data={"text": XSS, "back": page})
    swapped = as_("pam").post(url("job", stage.pier), data={"text": XSS, "back": '"><script>x</script>'}, headers=HTMX).text
    refused = as_("pam").post(url("job", stage.pier), data={"text": "</textarea>" + XSS + "\x00"}).text
    pages = [as_("pam").get(page).text, as_("ann").get(details(item)).text, as_("ann").get(details(item, "history")).text]
    for text in (swapped, refused, *pages):
        assert "&lt;script&gt;alert(1)" in text
        assert "<script>" not in text
        assert "<img" not in text
        assert '" hx-get="/x"' not in text
        assert not re.search(INLINE, re.sub(r">[^<]*<", "><", text))


@pytest.mark.parametrize(
    "back", ["https://evil.test/", "//evil.test", "/\\evil.test", "javascript:alert(1)", "", "/a\r\nSet-Cookie: x=y"]
)
def test_nobody_is_sent_to_another_site(as_: Any, stage: Stage, back: str) -> None:
    answer = as_("pam").post(url("job", stage.pier), data={"text": "x", "back": back})
    assert answer.location == f"/projects/{stage.pier.id}#comments-{stage.pier.id}"
    assert "Set-Cookie: x=y" not in str(answer.headers)


@pytest.mark.parametrize("item_id", ["99999", "x", "-1", str(10**30), ""])
def test_a_strange_item_id_changes_nothing(as_: Any, stage: Stage, item_id: str) -> None:
    stage.job()
    answer = as_("ann").post(url("job", stage.pier), data={"text": "x", "item_id": item_id}, headers=HTMX)
    assert answer.status_code == 200
    assert "item_id" not in answer.text


def test_columns_that_the_form_does_not_have_are_ignored(as_: Any, stage: Stage) -> None:
    as_("pam").post(
        url("job", stage.pier), data={"text": "x", "author_id": stage.people.ann.id, "document_id": 1, "at": "2020-01-01"}
    )
    comment = comments.of(stage.pier)[0]
    assert (comment.author.name, comment.document_id, comment.at.year > 2020) == ("Pam", stage.pier.id, True)


def test_without_the_token_nothing_is_written(app: Flask, as_: Any, stage: Stage) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    assert as_("pam").post(url("job", stage.pier), data={"text": "x"}).status_code == 400
    page = as_("pam").get(f"/projects/{stage.pier.id}").text
    assert page.count('method="post"') == page.count('name="csrf_token"')
    assert texts(stage.pier) == []
