"""Settings of a connection to Sage: shown on real codes and budgets while they are typed, saved whole or not at all."""

import errno

import pytest

from erp import connections
from erp.audit import Event
from erp.books import batches
from erp.connectors.sage300 import handling, settings
from erp.connectors.sage300.rejecting import take
from erp.db import db, transaction
from tests.unit.sage import body_of, texts
from tests.unit.web.pages import all_words, page, told, words

HTMX = {"HX-Request": "true"}


@pytest.fixture
def url(ridge):
    return f"/settings/connections/{ridge.connection.id}/sage"


def fields(answer, **changed):
    """The form as a browser would post it, with these fields typed anew."""
    form = page(answer).xpath("//form[@id='sage-form']")[0]
    found = {}
    for one in form.xpath(".//input[@name][not(@type='checkbox') or @checked] | .//select[@name]"):
        value = (
            one.get("value", "") if one.tag == "input" else (one.xpath("./option[@selected]/@value | ./option/@value") or [""])[0]
        )
        found.setdefault(one.get("name"), []).append(value)
    return found | changed


def now(ridge):
    db.session.expire_all()
    return settings.read(ridge.connection.settings)


def seen(answer, name):
    return {
        words(row.xpath("./td")[0]): words(row.xpath("./td")[1])
        for row in page(answer).xpath(f"//*[@id='seen-{name}']//tbody/tr")
    }


def test_adam_sees_the_defaults_with_the_codes_of_the_organisation(ridge, as_, url):
    answer = as_("adam").get(url)
    assert answer.status_code == 200
    assert seen(answer, "job") == {"25-1361": "25-1361 as it is"}
    assert set(seen(answer, "code")) == {"32-1200", "32-1600", "33-3100"}
    assert "Never tried on a real Sage" in answer.text
    assert "keeps its bytes" in answer.text


@pytest.mark.parametrize("name", ["pam", "ann", "stan", "olga"])
def test_everybody_else_is_refused(ridge, as_, url, name):
    before = fields(as_("adam").get(url))
    asked = [
        as_(name).get(url),
        as_(name).post(url, data=before | {"job-mask": "00"}),
        as_(name).post(f"{url}/preview", data=before),
    ]
    assert {answer.status_code for answer in asked} == {403}
    assert now(ridge) == settings.DEFAULT


def test_a_company_file_has_no_such_page(stage, as_):
    for answer in (
        as_("adam").get(f"/settings/connections/{stage.connection.id}/sage"),
        as_("adam").post(f"/settings/connections/{stage.connection.id}/sage"),
    ):
        assert answer.status_code == 404


def test_saving_what_is_shown_changes_nothing(ridge, as_, url):
    adam = as_("adam")
    assert adam.post(url, data=fields(adam.get(url))).status_code == 303
    assert now(ridge) == settings.DEFAULT
    assert db.session.query(Event).filter_by(action="sage_settings").count() == 0


def test_everything_on_the_page_is_saved_and_the_trail_has_old_and_new(ridge, as_, url, base):
    adam, folder = as_("adam"), str(base / "sage")
    typed = fields(adam.get(url), **{"job-mask": "00-0000-0", "job-strip": ["-", "."], "job-suffix": "-0", "code-pad-2-side": "right",
                                     "code-pad-2-to": "6", "code-pad-2-sign": "0", "category-L": "LAB", "date_format": "MM/DD/YYYY",
                                     "job_records": "y", "drop_folder": folder})  # fmt: skip
    assert adam.post(url, data=typed).status_code == 303
    saved = now(ridge)
    assert (saved.shapes["job"].mask, saved.shapes["job"].strip, saved.shapes["job"].suffix) == ("00-0000-0", "-.", "-0")
    assert [(pad.section, pad.side, pad.to, pad.sign) for pad in saved.shapes["code"].pad] == [(2, "right", 6, "0")]
    assert (saved.categories["L"], saved.date_format, saved.job_records, saved.drop_folder) == (
        "LAB",
        "MM/DD/YYYY",
        True,
        folder,
    )
    event = db.session.query(Event).filter_by(action="sage_settings").one()
    assert (event.subject, event.actor) == (f"connection:{ridge.connection.id}", "Adam")
    assert event.details["changed"]["Job number: mask"] == ["(none)", "00-0000-0"]
    assert event.details["changed"]["Category of Labor"] == ["L", "LAB"]
    assert "Extra" not in str(event.details)
    assert "Category of Labor L → LAB" in words(page(adam.get(url)).xpath("//ul[@class='history']")[0])


def test_what_was_saved_is_shown_again_as_it_was_typed(ridge, as_, url):
    adam = as_("adam")
    typed = fields(adam.get(url), **{"code-pad-2-side": "right", "code-pad-2-to": "6", "job-strip": ["-"], "job_records": "y"})
    adam.post(url, data=typed)
    again = fields(adam.get(url))
    assert again["job-strip"] == ["-"]
    assert page(adam.get(url)).xpath("//select[@name='code-pad-2-side']/option[@selected]/@value") == ["right"]
    assert page(adam.get(url)).xpath("//input[@name='job_records']/@checked")


@pytest.mark.parametrize(("field", "value", "name", "said"), [
    ("job-mask", "00-X", "shapes-job", "The mask of Job number has X."),
    ("code-mask", "0000000000000", "shapes-code", "No code of Sage fits the mask"),
    ("code-pad-2-to", "many", "shapes-code", "Cost code: its shape"),
    ("category-L", "LABOR", "categories-L", "Category of Labor"),
    ("date_format", "tomorrow", "date_format", "Date format"),
    ("drop_folder", "sage", "drop_folder", "not a whole path"),
    ("size-C", ["", "12", "30", "3", "", "8.2", "4", "8.7", "", "", "", "", "10"], "layouts-C", "the field amount needs"),
    ("layout-C", ["record", "cost_code"], "layouts-C", "Record C lacks category"),
    ("layout-E", ["record", "secret"], "layouts-E", "Record E has no field"),
])  # fmt: skip
def test_each_problem_stands_at_its_field_nothing_is_saved_and_what_was_typed_stays(ridge, as_, url, field, value, name, said):
    adam = as_("adam")
    typed = fields(
        adam.get(url),
        **{"code-pad-2-side": "left", "code-pad-2-to": "4", "sample-job": "99-1", "extra-suffix": "-9", field: value},
    )
    answer = adam.post(url, data=typed)
    assert answer.status_code == 422
    assert said in words(page(answer).xpath(f"//*[@id='error-{name}']")[0])
    assert page(answer).xpath(f"//a[@href='#error-{name}']")
    kept = fields(answer)
    assert kept["extra-suffix"] == ["-9"]
    assert kept["sample-job"] == ["99-1"]
    assert kept[field] == (value if isinstance(value, list) else [value]) or field.startswith("size")
    assert now(ridge) == settings.DEFAULT


def test_an_empty_form_saves_nothing(ridge, as_, url):
    assert as_("adam").post(url).status_code == 422
    assert now(ridge) == settings.DEFAULT


def test_the_second_of_two_people_sees_that_somebody_saved_first_and_loses_nothing(ridge, as_, url):
    adam = as_("adam")
    first, second = fields(adam.get(url)), fields(adam.get(url))
    adam.post(url, data=first | {"job-mask": "00-0000", "category-L": "1"})
    answer = adam.post(url, data=second | {"category-L": "LAB", "job-mask": "00-0000"})
    assert answer.status_code == 409
    assert "Adam saved other settings after this page was shown." in words(page(answer))
    assert all_words(answer, "//section[@aria-label='What is saved now']//li") == ["Category of Labor: 1"]
    assert fields(answer)["category-L"] == ["LAB"]
    assert now(ridge).categories["L"] == "1"
    assert adam.post(url, data=fields(answer)).status_code == 303
    assert now(ridge).categories["L"] == "LAB"


def test_other_settings_of_the_connection_stay(ridge, as_, url):
    ridge.connection.settings = {"self_approval": "allow", "readback": {"jobs": {"job": "Job"}}}
    db.session.commit()
    adam = as_("adam")
    adam.post(url, data=fields(adam.get(url), **{"category-L": "1"}))
    db.session.expire_all()
    assert ridge.connection.settings["self_approval"] == "allow"
    assert ridge.connection.settings["readback"] == {"jobs": {"job": "Job"}}


def test_while_somebody_types_codes_and_lines_are_shown_anew_and_nothing_is_saved(ridge, as_, url):
    adam = as_("adam")
    typed = fields(adam.get(url), **{"job-mask": "00-0000-0", "job-suffix": "-0", "sample-job": "26-7", "category-S": "SUB"})
    answer = adam.post(f"{url}/preview", data=typed, headers=HTMX)
    assert answer.status_code == 200
    assert seen(answer, "job")["25-1361"] == "25-1361-0"
    assert "does not fit the mask" in seen(answer, "job")["26-7"]
    assert '"SUB"' in words(page(answer).xpath("//*[@id='lines']")[0])
    assert "<form" not in answer.text
    assert now(ridge) == settings.DEFAULT


def test_the_same_works_as_a_plain_form(ridge, as_, url):
    adam = as_("adam")
    answer = adam.post(f"{url}/preview", data=fields(adam.get(url), **{"job-mask": "00-0000-0", "job-suffix": "-0"}))
    assert seen(answer, "job")["25-1361"] == "25-1361-0"
    assert fields(answer)["job-mask"] == ["00-0000-0"]


def test_a_shape_that_makes_two_codes_one_says_so(ridge, as_, url):
    adam = as_("adam")
    ridge.project("25.1361", "Noise")
    answer = adam.post(f"{url}/preview", data=fields(adam.get(url), **{"job-strip": ["-", "."]}), headers=HTMX)
    assert "25.1361, 25-1361 would all become 251361" in words(page(answer).xpath("//*[@id='seen-job']")[0])


def layout(answer, record="C"):
    return fields(answer)[f"layout-{record}"]


def test_fields_of_a_layout_are_added_removed_moved_and_reset(ridge, as_, url):
    adam = as_("adam")
    start = fields(adam.get(url))
    usual = start["layout-C"]

    def press(button, **typed):
        return layout(adam.post(f"{url}/preview", data=start | {"do": button} | typed))

    assert press("C-remove-12") == usual[:-1]
    assert press("C-up-2")[1:3] == ["cost_code_description", "cost_code"]
    assert press("C-down-2")[2:4] == ["category", "cost_code_description"]
    assert press("C-add", **{"add-C": "job"}) == [*usual, "job"]
    assert press("C-reset", **{"layout-C": ["record"], "size-C": [""]}) == usual
    for nothing in ("C-up-1", "C-up-0", "C-down-12", "C-remove-0", "C-up-x", "C-up-99", "X-up-1", "C-fly-1", "C-up-²", ""):
        assert press(nothing) == usual


def test_a_button_of_a_layout_answers_htmx_with_that_layout_and_the_lines(ridge, as_, url):
    adam = as_("adam")
    answer = adam.post(f"{url}/preview", data=fields(adam.get(url), do="C-remove-5"), headers=HTMX)
    assert page(answer).xpath("//fieldset/@id") == ["layout-C"]
    assert "quantity" not in page(answer).xpath("//input[@name='layout-C']/@value")
    assert page(answer).xpath("//*[@id='lines']//pre")


def test_an_edited_layout_is_shown_on_the_newest_budget_that_was_sent(ridge, as_, url):
    ridge.job_in_sage()
    ridge.codes_in_sage()
    ridge.send("budget", ridge.budget(100_050, 200_000))
    adam = as_("adam")
    answer = adam.post(f"{url}/preview", data=fields(adam.get(url), do="C-remove-5"), headers=HTMX)
    shown = words(page(answer).xpath("//*[@id='lines']")[0])
    assert "Pier 9 Sewer Renewal" in shown
    assert 'C,"32-1200","Asphalt paving","S",MMDDYYYY,"",1000.50' in shown
    assert 'E,"SW"' in shown


def test_without_a_sent_budget_one_with_lines_is_shown_else_a_made_up_one(ridge, as_, url):
    adam = as_("adam")
    assert "A made-up budget" in words(page(adam.get(url)).xpath("//*[@id='lines']")[0])
    ridge.budget(100_050)
    assert "not sent yet" in words(page(adam.get(url)).xpath("//*[@id='lines']")[0])


def test_a_budget_of_another_connection_is_never_shown(ridge, as_, url):
    with transaction():
        other, _ = connections.create("Other", "sage300", "")
    ridge.budget(100_050)
    text = as_("adam").get(f"/settings/connections/{other.id}/sage").text
    assert "Pier 9" not in text
    assert "25-1361" not in words(page(as_("adam").get(f"/settings/connections/{other.id}/sage")).xpath("//*[@id='seen-job']")[0])


def test_settings_that_cannot_be_read_are_shown_with_what_is_wrong_and_can_be_mended(ridge, as_, url):
    ridge.connection.settings = {"sage300": {"shapes": {"job": {"mask": "XX"}}, "categories": {"L": "LAB"}}}
    db.session.commit()
    adam = as_("adam")
    answer = adam.get(url)
    assert "The mask of Job number has X." in words(page(answer).xpath("//*[@id='error-shapes-job']")[0])
    assert fields(answer)["category-L"] == ["LAB"]
    assert adam.post(url, data=fields(answer)).status_code == 303
    assert now(ridge).categories["L"] == "LAB"


def test_the_page_of_the_connection_leads_there(ridge, as_, url):
    assert page(as_("adam").get(f"/settings/connections/{ridge.connection.id}")).xpath(f"//a[@href='{url}']")
    assert told(as_("adam").get(f"/settings/connections/{ridge.connection.id}")) == []


def test_a_batch_that_was_made_keeps_its_bytes_and_the_page_says_what_waits(sage, as_):
    batch = sage.batch(100_050, 200_000)
    before, adam, url = [file.body for file in batch.files], as_("adam"), f"/settings/connections/{sage.key}/sage"
    assert "1 item waits here for Sage to confirm." in words(page(adam.get(url)))
    assert adam.post(url, data=fields(adam.get(url), **{"category-E": "EQP", "date_format": "YYYY-MM-DD"})).status_code == 303
    assert [file.body for file in sage.find(batch.number).files] == before
    assert sage.download(batch) == before[0]


@pytest.fixture
def base(app, tmp_path):
    """The directory below which the server allows drop folders, with a folder and a file in it."""
    (tmp_path / "sage").mkdir()
    (tmp_path / "file").write_text("")
    app.config["SAGE_DROP_DIR"] = str(tmp_path)
    return tmp_path


@pytest.mark.parametrize(("folder", "said"), [
    ("/proc/nothing", "must lie below {base} on the server. Choose another one"),
    ("{base}/nothing", "there is no such folder on the server. Make a folder there, or choose another one"),
    ("{base}/file", "that is no folder but a file on the server. Make a folder there, or choose another one"),
    ("{base}/" + "é" * 200, "no folder can have that name"),
])  # fmt: skip
def test_a_drop_folder_that_is_none_is_refused_at_its_field_with_the_cure(ridge, as_, url, base, folder, said):
    adam, folder = as_("adam"), folder.format(base=base)
    answer = adam.post(url, data=fields(adam.get(url), drop_folder=folder))
    assert answer.status_code == 422
    (problem,) = all_words(answer, "//*[@id='error-drop_folder']")
    assert problem.startswith("The drop folder ")
    assert said.format(base=base) in problem
    assert fields(answer)["drop_folder"] == [folder]
    assert now(ridge) == settings.DEFAULT


def test_a_drop_folder_that_cannot_be_written_into_is_refused_and_nothing_is_left_there(ridge, as_, url, base, monkeypatch):
    def denied(*_):
        raise PermissionError(errno.EACCES, "Permission denied")

    adam, folder = as_("adam"), str(base / "sage")
    typed = fields(adam.get(url), drop_folder=folder)
    for call in ("open", "link"):
        with monkeypatch.context() as patch:
            patch.setattr(f"erp.books.folders.os.{call}", denied)
            answer = adam.post(url, data=typed)
        assert all_words(answer, "//*[@id='error-drop_folder']") == [
            f"The drop folder {folder} cannot be written into by Countersign: permission denied. Allow it there on the server for the "
            "user under which Countersign runs, or choose another folder."
        ]
        assert list((base / "sage").iterdir()) == []
    assert adam.post(url, data=typed).status_code == 303
    assert (now(ridge).drop_folder, list((base / "sage").iterdir())) == (folder, [])


def test_jobs_by_file_is_not_switched_while_a_job_waits_and_the_field_says_so(ridge, as_, url):
    ridge.delivered(ridge.accept(ridge.send("job", ridge.pier)))
    adam = as_("adam")
    answer = adam.post(url, data=fields(adam.get(url), job_records="y"))
    assert answer.status_code == 422
    (problem,) = all_words(answer, "//*[@id='error-job_records']")
    assert problem.startswith("Jobs by file stays off while 25-1361 Pier 9 Sewer Renewal waits to be keyed in.")
    assert not now(ridge).job_records


def test_without_the_servers_permission_a_drop_folder_is_refused(ridge, as_, url, base, app):
    adam = as_("adam")
    assert f"A folder below {base} that this server can write to" in words(page(adam.get(url)))
    app.config["SAGE_DROP_DIR"] = ""
    assert "Switched off on this server" in words(page(adam.get(url)))
    answer = adam.post(url, data=fields(adam.get(url), drop_folder=str(base / "sage")))
    (problem,) = all_words(answer, "//*[@id='error-drop_folder']")
    assert problem.startswith("The drop folder is switched off")


def test_a_drop_folder_that_went_away_is_told_and_holds_up_no_other_setting(ridge, as_, url, base):
    adam = as_("adam")
    adam.post(url, data=fields(adam.get(url), drop_folder=str(base / "sage")))
    (base / "sage").rmdir()
    shown = adam.get(url)
    assert "there is no such folder on the server" in words(page(shown).xpath("//fieldset[.//input[@name='drop_folder']]")[0])
    assert adam.post(url, data=fields(shown, **{"category-L": "LAB"})).status_code == 303
    assert (now(ridge).categories["L"], now(ridge).drop_folder) == ("LAB", str(base / "sage"))
    assert adam.post(url, data=fields(adam.get(url), drop_folder="")).status_code == 303


def test_a_category_can_be_corrected_while_nobody_has_the_file_and_when_sage_refused_all_of_it(ridge, as_, url):
    ridge.waiting_budget(100_000)
    adam, batch = as_("adam"), batches.find(ridge.connection.id, 1)
    assert adam.post(url, data=fields(adam.get(url), **{"category-S": "SUB"})).status_code == 303
    assert adam.post(url, data=fields(adam.get(url), **{"category-S": "S"})).status_code == 303
    with transaction():
        handling.download(batch, batch.files[0], ridge.people.ann)
    assert adam.post(url, data=fields(adam.get(url), **{"category-S": "SUB"})).status_code == 422
    with transaction():
        take(batch, batch.files[0], ridge.people.ann, "r.jce", body_of(*texts(batch)), "Category S is not a Standard Category")
    assert adam.post(url, data=fields(adam.get(url), **{"category-S": "SUB"})).status_code == 303
    assert now(ridge).categories["S"] == "SUB"


def test_a_category_stays_while_its_file_lies_in_the_folder_and_once_sage_has_it(ridge, as_, url):
    ridge.waiting_budget(100_000)
    adam, batch = as_("adam"), batches.find(ridge.connection.id, 1)
    with transaction():
        batches.laid(batch)
    assert adam.post(url, data=fields(adam.get(url), **{"category-S": "SUB"})).status_code == 422
    ridge.report_back(("25-1361", "", "32-1200", "S", "1000.00", "0", "0"))
    assert batches.find(ridge.connection.id, 1).state == "Confirmed"
    assert adam.post(url, data=fields(adam.get(url), **{"category-S": "SUB"})).status_code == 422


def test_a_category_stays_once_a_file_with_it_was_downloaded(ridge, as_, url):
    ridge.waiting_budget(100_000)
    batch = batches.find(ridge.connection.id, 1)
    with transaction():
        handling.download(batch, batch.files[0], ridge.people.ann)
    adam = as_("adam")
    typed = fields(adam.get(url))
    name = next(one for one in typed if one.startswith("categor") and one.endswith("S"))
    refused = adam.post(url, data=typed | {name: "SUB"})
    assert refused.status_code == 422
    assert "The category of Subcontract stays: a budget was exported with it." in refused.text
    assert now(ridge).categories["S"] == "S"
    other = name[:-1] + "E"
    assert adam.post(url, data=typed | {other: "EQP"}).status_code == 303
    assert now(ridge).categories["E"] == "EQP"
