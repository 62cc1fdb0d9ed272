"""Files in the browser: on the PM's page and in Details."""

import io
import re
from typing import Any

import pytest
from flask import Flask

from erp.db import db
from erp.documents import attachments, cost_code, project
from erp.documents.attachments import Attachment
from erp.people import Level
from tests.unit.documents.files import GOOD, HTML, PDF, PNG
from tests.unit.stage import Stage

HTMX = {"HX-Request": "true"}


def url(slug: str, document: Any) -> str:
    return f"/documents/{slug}/{document.id}/attachments"


def upload(browser: Any, slug: str, document: Any, *files: tuple[str, bytes], headers: Any = None, **form: Any) -> Any:
    data = {"files": [(io.BytesIO(data), name) for name, data in files], **form}
    return browser.post(url(slug, document), data=data, content_type="multipart/form-data", headers=headers)


def raw(browser: Any, path: str, disposition: str, data: bytes = PDF) -> Any:
    """A body as no browser writes it."""
    body = f'--X\r\nContent-Disposition: form-data; name="files"; {disposition}\r\n\r\n'.encode() + data + b"\r\n--X--\r\n"
    return browser.post(path, data=body, content_type="multipart/form-data; boundary=X")


def names(document: Any) -> list[str]:
    db.session.expire_all()
    return [file.name for file in attachments.of(document)]


def kept(stage: Stage, name: str = "plan.pdf", data: bytes = PDF, document: Any = None) -> Attachment:
    made = attachments.add(document or stage.pier, stage.people.pam, [(name, data)])[0]
    db.session.commit()
    return made


def details(stage: Stage, document: Any) -> str:
    return f"/erp/{stage.connection.id}/items/{stage.item(document.id).id}?tab=attachments"


def test_pam_attaches_to_every_kind_and_ann_reads_it_in_details(as_: Any, stage: Stage) -> None:
    item = stage.ready_budget()
    code, budget = db.session.get_one(cost_code.CostCode, stage.codes[0].id), item.declaration.load(item.document_id)
    pages = (("job", stage.pier, f"/projects/{stage.pier.id}"), ("cost_code", code, f"/cost-codes/{code.id}/edit"),
             ("budget", budget, f"/projects/{stage.pier.id}/budget"))  # fmt: skip
    for slug, document, page in pages:
        answer = upload(as_("pam"), slug, document, ("plan.pdf", PDF), ("site.png", PNG), back=page)
        assert (answer.status_code, answer.location) == (303, f"{page}#attachments-{document.id}")
        for name, where in (("pam", page), ("ann", details(stage, document))):
            text = as_(name).get(where).text
            assert re.search(rf'Attachments \(<span id="attachments-count-{document.id}">2</span>\)', text)
            assert re.search(r"plan\.pdf</a>\s*<span class=\"sub\">17 bytes · Pam · <time", text)
        file = attachments.of(document)[0]
        assert as_("ann").get(f"{url(slug, document)}/{file.id}").data == PDF
    pam = as_("pam")
    upload(pam, "job", stage.pier, ("plan.pdf", PDF), ("site.png", PNG))
    assert "Added: plan.pdf, site.png." in pam.get(f"/projects/{stage.pier.id}").text


@pytest.mark.parametrize("extension", list(GOOD))
def test_every_file_comes_back_as_a_harmless_download(as_: Any, stage: Stage, extension: str) -> None:
    file = kept(stage, f"plan.{extension}", GOOD[extension])
    answer = as_("pam").get(f"{url('job', stage.pier)}/{file.id}")
    assert answer.status_code == 200
    assert answer.data == GOOD[extension]
    assert answer.headers["Content-Disposition"] == f"attachment; filename=plan.{extension}"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer.headers["Cache-Control"] == "no-store"
    assert not re.search("html|xml$|svg|script|rfc822", answer.headers["Content-Type"])


@pytest.mark.parametrize(("name", "disposition"), [
    ("Brücke 橋.pdf", "filename=\"Brucke .pdf\"; filename*=UTF-8''Br%C3%BCcke%20%E6%A9%8B.pdf"),
    ('a"; filename="b.pdf', 'filename="a\\"; filename=\\"b.pdf"'),
    ("a;b,c='%0d%0a.pdf", None), ("x\\\\y.pdf", "filename=y.pdf"),
])  # fmt: skip
def test_a_strange_name_stays_within_its_header(as_: Any, stage: Stage, name: str, disposition: str | None) -> None:
    file = kept(stage, name)
    answer = as_("pam").get(f"{url('job', stage.pier)}/{file.id}")
    got = answer.headers["Content-Disposition"]
    assert got == f"attachment; {disposition}" if disposition else got.startswith("attachment; filename")
    assert not re.search("[\r\n]", got)


@pytest.mark.parametrize(("disposition", "name"), [
    ("filename*=UTF-8''a%0D%0ASet-Cookie%3A%20x%3Dy.pdf", "aSet-Cookie: x=y.pdf"),
    ('filename="a%0D%0AX: y.pdf"', "a%0D%0AX: y.pdf"),
    ('filename="..\\\\..\\\\plan.pdf"', "plan.pdf"), ('filename="../../plan.pdf"', "plan.pdf"),
    ("filename*=UTF-8''%00plan.pdf", "plan.pdf"),
])  # fmt: skip
def test_a_name_cannot_write_headers_or_folders(as_: Any, stage: Stage, disposition: str, name: str) -> None:
    assert raw(as_("pam"), url("job", stage.pier), disposition).status_code == 303
    assert names(stage.pier) == [name]
    answer = as_("pam").get(f"{url('job', stage.pier)}/{attachments.of(stage.pier)[0].id}")
    assert not [value for key, value in answer.headers if key in ("Set-Cookie", "X") and "y" in value[:3]]
    assert not re.search("[\r\n]", answer.headers["Content-Disposition"])


@pytest.mark.parametrize(("name", "data", "sentence"), [
    ("page.pdf", HTML, "page.pdf does not hold what its name says"), ("page.html", HTML, "page.html cannot be attached."),
    ("logo.svg", b"<svg/>", "logo.svg cannot be attached."), ("none.pdf", b"", "none.pdf is empty."),
    ("<img src=x onerror=alert(1)>.pdf", HTML, "&lt;img src=x onerror=alert(1)&gt;.pdf does not hold"),
])  # fmt: skip
def test_what_cannot_be_taken_is_said_and_nothing_is_kept(as_: Any, stage: Stage, name: str, data: bytes, sentence: str) -> None:
    for headers in ({}, HTMX):
        answer = upload(as_("pam"), "job", stage.pier, ("plan.pdf", PDF), (name, data), headers=headers)
        assert answer.status_code == 422
        assert sentence in answer.text
        assert "Nothing was added." in answer.text
        assert "<img" not in answer.text
    assert names(stage.pier) == []


def test_no_file_at_all_is_said(as_: Any, stage: Stage) -> None:
    assert "Choose a file." in as_("pam").post(url("job", stage.pier), data={}).text
    assert "Choose a file." in upload(as_("pam"), "job", stage.pier, ("", b"")).text


def test_too_large_is_said_for_one_file_and_for_all_together(as_: Any, stage: Stage) -> None:
    one = upload(as_("pam"), "job", stage.pier, ("big.pdf", PDF.ljust(10 * 2**20 + 1)))
    assert (one.status_code, "big.pdf is too large; at most 10 MB fit." in one.text) == (422, True)
    two = [(f"{n}.pdf", PDF.ljust(9 * 2**20)) for n in range(2)]
    for headers in ({}, HTMX):
        answer = upload(as_("pam"), "job", stage.pier, *two, headers=headers)
        assert answer.status_code == 413
        assert re.search("[Ff]iles may have up to 10 MB each, and 16 MB together", answer.text)
    assert names(stage.pier) == []


def test_htmx_swaps_the_list_and_its_count(as_: Any, stage: Stage) -> None:
    answer = upload(as_("pam"), "job", stage.pier, ("plan.pdf", PDF), headers=HTMX)
    assert answer.status_code == 200
    assert answer.text.lstrip().startswith(f'<section id="attachments-{stage.pier.id}"')
    assert f'hx-target="#attachments-count-{stage.pier.id}" hx-swap="innerHTML">1<' in answer.text
    gone = as_("pam").post(f"{url('job', stage.pier)}/{attachments.of(stage.pier)[0].id}/removal", headers=HTMX)
    assert "No files are attached yet." in gone.text
    assert 'hx-swap="innerHTML">0<' in gone.text


@pytest.mark.parametrize(("name", "before", "after", "adds"), [
    ("pam", 200, 200, 303), ("ann", 404, 200, 403), ("bob", 404, 200, 403), ("stan", 404, 200, 403), ("adam", 404, 200, 403),
    ("olga", 404, 404, 404), ("nobody", 302, 302, 302),
])  # fmt: skip
def test_who_may_read_before_and_after_the_project_was_sent_and_who_may_add(
    as_: Any, stage: Stage, name: str, before: int, after: int, adds: int
) -> None:
    file = kept(stage)
    path = f"{url('job', stage.pier)}/{file.id}"
    assert as_(name).get(path).status_code == before
    stage.job()
    assert as_(name).get(path).status_code == after
    assert upload(as_(name), "job", stage.pier, ("more.pdf", PDF)).status_code == adds
    assert len(names(stage.pier)) == (2 if adds == 303 else 1)


@pytest.mark.parametrize(
    ("name", "status"), [("pam", 303), ("ann", 403), ("stan", 403), ("adam", 403), ("olga", 404), ("nobody", 302)]
)
def test_who_may_remove_a_file_of_a_project_that_was_retrieved(as_: Any, stage: Stage, name: str, status: int) -> None:
    file = kept(stage)
    stage.retrieve(stage.job())
    assert as_(name).post(f"{url('job', stage.pier)}/{file.id}/removal").status_code == status
    assert names(stage.pier) == ([] if status == 303 else ["plan.pdf"])


def test_read_only_on_the_project_reads_and_standard_on_its_tool_adds(as_: Any, stage: Stage) -> None:
    file = kept(stage)
    project.grant(stage.pier, stage.people.olga, "project_admin", Level.READ)
    db.session.commit()
    page = as_("olga").get(f"/projects/{stage.pier.id}").text
    assert "plan.pdf" in page
    assert "Add attachments" not in page
    assert ">Remove<" not in page
    assert as_("olga").get(f"{url('job', stage.pier)}/{file.id}").status_code == 200
    assert upload(as_("olga"), "job", stage.pier, ("more.pdf", PDF)).status_code == 403
    project.grant(stage.pier, stage.people.olga, "project_admin", Level.STANDARD)
    db.session.commit()
    assert upload(as_("olga"), "job", stage.pier, ("more.pdf", PDF)).status_code == 303


def test_ann_has_no_controls_and_sees_what_came_after_the_send(as_: Any, stage: Stage) -> None:
    kept(stage)
    stage.job()
    kept(stage, "later.pdf")
    text = as_("ann").get(details(stage, stage.pier)).text
    assert [control for control in ("Add attachments", ">Remove<", 'type="file"') if control in text] == []
    assert text.count("Added after it was sent") == 1
    assert text.index("later.pdf") < text.index("Added after it was sent")


def test_a_sent_document_offers_no_removal_and_refuses_it(as_: Any, stage: Stage) -> None:
    file = kept(stage)
    page = f"/projects/{stage.pier.id}"
    assert ">Remove<" in as_("pam").get(page).text
    stage.job()
    text = as_("pam").get(page).text
    assert ">Remove<" not in text
    assert "Add attachments" in text
    assert attachments.LOCKED.text in text
    answer = as_("pam").post(f"{url('job', stage.pier)}/{file.id}/removal")
    assert answer.status_code == 422
    assert "plan.pdf was not removed." in answer.text
    assert names(stage.pier) == ["plan.pdf"]


def test_foreign_and_removed_files_are_not_found(as_: Any, stage: Stage) -> None:
    mine, noise = kept(stage), stage.project()
    other = kept(stage, "noise.pdf", document=noise)
    here = url("job", stage.pier)
    paths = [f"{here}/{other.id}", f"{here}/99999", f"{here}/0", f"{here}/{10**30}", f"{url('budget', stage.pier)}/{mine.id}",
             f"{url('cost_code', stage.pier)}/{mine.id}",
             f"/documents/nonsense/{stage.pier.id}/attachments/{mine.id}"]  # fmt: skip
    for path in paths:
        assert as_("pam").get(path).status_code == 404
        assert as_("pam").post(f"{path}/removal").status_code == 404
    as_("pam").post(f"{here}/{mine.id}/removal")
    assert as_("pam").get(f"{here}/{mine.id}").status_code == 404
    assert as_("pam").post(f"{here}/{mine.id}/removal").status_code == 404
    assert names(noise) == ["noise.pdf"]


def test_two_files_with_one_name_are_two_downloads(as_: Any, stage: Stage) -> None:
    upload(as_("pam"), "job", stage.pier, ("plan.pdf", PDF), ("plan.pdf", PDF + b"2"))
    files = attachments.of(stage.pier)
    assert [as_("pam").get(f"{url('job', stage.pier)}/{file.id}").data for file in files] == [PDF, PDF + b"2"]


def test_a_name_of_markup_is_shown_as_it_is(as_: Any, stage: Stage) -> None:
    kept(stage, '"><script>alert(1)< onload=x hx-get=a>.pdf')
    stage.job()
    for name, page in (("pam", f"/projects/{stage.pier.id}"), ("ann", details(stage, stage.pier)),
                       ("ann", details(stage, stage.pier).replace("attachments", "history"))):  # fmt: skip
        text = as_(name).get(page).text
        assert "&lt;script&gt;alert(1)" in text
        assert "<script>" not in text


def test_without_the_token_nothing_is_kept_or_removed(app: Flask, as_: Any, stage: Stage) -> None:
    file = kept(stage)
    app.config["WTF_CSRF_ENABLED"] = True
    assert upload(as_("pam"), "job", stage.pier, ("more.pdf", PDF)).status_code == 400
    assert as_("pam").post(f"{url('job', stage.pier)}/{file.id}/removal").status_code == 400
    page = as_("pam").get(f"/projects/{stage.pier.id}").text
    assert page.count('method="post"') == page.count('name="csrf_token"')
    assert names(stage.pier) == ["plan.pdf"]
