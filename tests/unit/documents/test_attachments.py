"""Files beside a document."""

import hashlib
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import inspect

from erp import audit
from erp.db import db
from erp.documents import attachments, project
from erp.documents.attachments import MOST_BYTES, MOST_FILES, Attachment, AttachmentsRefused
from erp.documents.cost_code import CostCode
from erp.documents.document import DocumentRefused
from erp.documents.project import Project
from erp.kind import KINDS
from erp.people import Level
from erp.states import State
from tests.unit.documents.files import HTML, PDF, PNG


def names(document: Any) -> list[str]:
    return [file.name for file in attachments.of(document)]


def refusal(document: Any, actor: Any, *files: tuple[str, bytes]) -> str:
    with pytest.raises(AttachmentsRefused) as refused:
        attachments.add(document, actor, files)
    return str(refused.value.sentence)


def test_several_files_at_once_stay_with_their_document(people: SimpleNamespace, pier: Project, codes: list[CostCode]) -> None:
    attachments.add(codes[0], people.adam, [("noise.pdf", PDF)])
    made = attachments.add(pier, people.pam, [("plan.pdf", PDF), ("site.png", PNG)])
    db.session.commit()
    assert names(pier) == ["plan.pdf", "site.png"]
    assert names(codes[0]) == ["noise.pdf"]
    assert (made[0].size, made[0].sha256, made[0].adder.name, made[0].type) == (
        len(PDF), hashlib.sha256(PDF).hexdigest(), "Pam", "application/pdf")  # fmt: skip
    assert attachments.find(pier, made[0].id) is made[0]
    assert attachments.find(codes[0], made[0].id) is None
    assert attachments.find(pier, 10**30) is None


def test_a_list_does_not_read_the_files(people: SimpleNamespace, pier: Project) -> None:
    attachments.add(pier, people.pam, [("plan.pdf", PDF)])
    db.session.commit()
    db.session.expire_all()
    file = attachments.of(pier)[0]
    assert "data" in inspect(file).unloaded
    assert file.data == PDF


def test_two_files_with_one_name_are_both_kept(people: SimpleNamespace, pier: Project) -> None:
    attachments.add(pier, people.pam, [("plan.pdf", PDF), ("plan.pdf", PDF + b"2")])
    attachments.add(pier, people.pam, [("plan.pdf", PDF)])
    assert names(pier) == ["plan.pdf"] * 3


def test_one_wrong_file_refuses_all_and_every_wrong_one_is_named(people: SimpleNamespace, pier: Project) -> None:
    said = refusal(pier, people.pam, ("plan.pdf", PDF), ("page.pdf", HTML), ("run.exe", b"MZ"), ("none.txt", b""))
    assert said.startswith("page.pdf does not hold what its name says: it is no PDF file.")
    assert "run.exe cannot be attached." in said
    assert said.endswith("none.txt is empty. Choose another file. Nothing was added.")
    assert names(pier) == []


@pytest.mark.parametrize(("name", "kept"), [
    ("C:\\Users\\Pam\\plan.pdf", "plan.pdf"), ("../../etc/plan.pdf", "plan.pdf"), ("/plan.pdf", "plan.pdf"),
    ("..\\plan.pdf", "plan.pdf"),
    ("pl\x00an\r\nSet-Cookie: a=b.pdf", "planSet-Cookie: a=b.pdf"), ("  plan.pdf . ", "plan.pdf"), ("...plan.pdf", "plan.pdf"),
    ("fdp.\u202enalp.pdf", "fdp.nalp.pdf"), ('a"; filename="b.pdf', 'a"; filename="b.pdf'), ("Brücke 橋.pdf", "Brücke 橋.pdf"),
])  # fmt: skip
def test_a_name_loses_folders_and_control_characters(people: SimpleNamespace, pier: Project, name: str, kept: str) -> None:
    assert [file.name for file in attachments.add(pier, people.pam, [(name, PDF)])] == [kept]


@pytest.mark.parametrize("name", ["", "..", "a/", "\r\n", " . "])
def test_a_file_without_a_name_is_refused(people: SimpleNamespace, pier: Project, name: str) -> None:
    assert refusal(pier, people.pam, (name, PDF)) == "A file has no name. Rename it and try again. Nothing was added."


def test_limits_are_named(people: SimpleNamespace, pier: Project) -> None:
    long = "x" * 197 + ".pdf"
    assert "The name of a file has 201 characters; at most 200 fit." in refusal(pier, people.pam, (long, PDF))
    assert "big.pdf is too large; at most 10 MB fit." in refusal(pier, people.pam, ("big.pdf", PDF.ljust(MOST_BYTES + 1)))
    assert attachments.add(pier, people.pam, [("big.pdf", PDF.ljust(MOST_BYTES))])[0].weight == "10 MB"
    assert refusal(pier, people.pam) == "Choose a file. Nothing was added."


def test_a_document_holds_so_many_and_removed_ones_do_not_count(people: SimpleNamespace, pier: Project) -> None:
    many = attachments.add(pier, people.pam, [(f"{n}.pdf", PDF) for n in range(MOST_FILES)])
    assert refusal(pier, people.pam, ("more.pdf", PDF)) == (
        "The document has 25 attachments; at most 25 fit. Choose fewer files. Nothing was added."
    )
    attachments.remove(pier, many[0], people.pam)
    attachments.add(pier, people.pam, [("more.pdf", PDF)])
    assert len(attachments.of(pier)) == MOST_FILES


def test_adding_and_removing_are_in_the_history_and_the_removed_file_stays_in_the_database(
    people: SimpleNamespace, pier: Project
) -> None:
    file = attachments.add(pier, people.pam, [("plan.pdf", PDF)])[0]
    attachments.remove(pier, file, people.pam)
    db.session.commit()
    events = audit.history(pier.subject)[-2:]
    assert [(e.action, e.actor, e.comment, e.details["sha256"]) for e in events] == [
        ("attach", "Pam", "plan.pdf", file.sha256), ("remove_attachment", "Pam", "plan.pdf", file.sha256)]  # fmt: skip
    assert names(pier) == []
    assert attachments.find(pier, file.id) is None
    assert db.session.get_one(Attachment, file.id).data == PDF


@pytest.mark.parametrize("state", list(State))
def test_files_are_removed_only_while_the_document_is_with_pm_and_added_always(
    people: SimpleNamespace, pier: Project, at: Any, state: State
) -> None:
    file = attachments.add(pier, people.pam, [("plan.pdf", PDF)])[0]
    at("job", pier, state)
    attachments.add(pier, people.pam, [("later.pdf", PDF)])
    if state is State.WITH_PM:
        attachments.remove(pier, file, people.pam)
        assert names(pier) == ["later.pdf"]
        return
    with pytest.raises(DocumentRefused) as refused:
        attachments.remove(pier, file, people.pam)
    assert refused.value.sentence == (
        "plan.pdf was not removed. The document was sent to ERP: files can be added, and none removed."
    )
    assert names(pier) == ["plan.pdf", "later.pdf"]


def test_another_document_that_was_sent_locks_nothing_here(
    people: SimpleNamespace, pier: Project, codes: list[CostCode], at: Any
) -> None:
    at("cost_code", codes[0], State.READY)
    assert attachments.why_not_remove(pier) == []
    assert attachments.why_not_remove(codes[1]) == []
    assert attachments.why_not_remove(codes[0]) == [attachments.LOCKED]


def test_standard_or_higher_on_the_tool_of_the_document_adds(
    people: SimpleNamespace, pier: Project, codes: list[CostCode]
) -> None:
    for level, user in ((Level.READ, people.stan), (Level.STANDARD, people.bob)):
        project.grant(pier, user, "project_admin", level)
    project.grant(pier, people.olga, "budget", Level.ADMIN)

    def who(slug: str, document: Any) -> set[str]:
        everybody = vars(people).items()
        return {name for name, user in everybody if not attachments.why_not_attach(KINDS[slug], document, user)}

    assert who("job", pier) == {"pam", "bob"}
    assert who("cost_code", codes[0]) == {"pam", "adam"}


@pytest.mark.parametrize(("size", "words"), [(0, "0 bytes"), (1023, "1023 bytes"), (1024, "1 KB"), (2**20 - 1, "1023 KB"),
                                             (2**20, "1 MB"), (int(1.26 * 2**20), "1.3 MB"), (10 * 2**20, "10 MB")])  # fmt: skip
def test_a_size_is_written_for_people(size: int, words: str) -> None:
    assert attachments.weight(size) == words
