"""The thread beside a document."""

from types import SimpleNamespace
from typing import Any

import pytest

from erp import audit
from erp.db import db
from erp.documents import comments
from erp.documents.cost_code import CostCode
from erp.documents.document import DocumentRefused
from erp.documents.project import Project
from erp.mail import Mail
from erp.states import State


def test_a_question_and_its_answer_stand_in_order_apart_from_other_documents(
    people: SimpleNamespace, pier: Project, codes: list[CostCode]
) -> None:
    comments.add(codes[0], people.adam, "noise")
    comments.add(pier, people.ann, "Which gate?")
    comments.add(pier, people.pam, "Gate B.")
    db.session.commit()
    assert [(c.author.name, c.text) for c in comments.of(pier)] == [("Ann", "Which gate?"), ("Pam", "Gate B.")]
    assert [c.text for c in comments.of(codes[0])] == ["noise"]
    assert comments.of(codes[1]) == []


def test_each_comment_is_in_the_history_and_no_mail_is_written(people: SimpleNamespace, pier: Project) -> None:
    comments.add(pier, people.ann, "Which gate?")
    event = audit.history(pier.subject)[-1]
    assert (event.action, event.actor, event.comment) == ("comment", "Ann", "Which gate?")
    assert db.session.scalars(db.select(Mail)).all() == []


def test_the_document_itself_does_not_change(people: SimpleNamespace, pier: Project) -> None:
    was = pier.version
    comments.add(pier, people.ann, "Which gate?")
    db.session.commit()
    assert pier.version == was


def test_the_thread_survives_a_send_a_rejection_and_a_new_send(people: SimpleNamespace, pier: Project, at: Any) -> None:
    comments.add(pier, people.pam, "First")
    for state in (State.READY, State.WITH_PM, State.READY, State.SYNCED):
        at("job", pier, state)
        comments.add(pier, people.ann, state)
    assert [c.text for c in comments.of(pier)] == ["First", "Ready", "With PM", "Ready", "Synced"]


@pytest.mark.parametrize(("text", "sentence"), [
    ("", "Comment is missing. Write it."), (" \r\n\t ", "Comment is missing. Write it."),
    ("x" * 4001, "Comment has 4001 characters; at most 4000 fit. Shorten it."),
    ("a\x00b", "Comment has a control character (U+0000) at place 2. Type the text anew."),
    ("ab\n\x1b[0m", "Comment has a control character (U+001B) at place 4. Type the text anew."),
    ("a\u202eb", "Comment has a control character (U+202E) at place 2. Type the text anew."),
    ("a\u2028b", "Comment has a control character (U+2028) at place 2. Type the text anew."),
])  # fmt: skip
def test_what_cannot_be_taken_is_said_and_not_kept(people: SimpleNamespace, pier: Project, text: str, sentence: str) -> None:
    with pytest.raises(DocumentRefused) as refused:
        comments.add(pier, people.pam, text)
    assert (refused.value.sentence, refused.value.field) == (sentence, "text")
    assert comments.of(pier) == []


@pytest.mark.parametrize(("text", "kept"), [
    ("one\r\ntwo\rthree\n\nfour", "one\ntwo\nthree\n\nfour"), ("  a\tb \n", "a    b"), ("x" * 4000, "x" * 4000),
    ("x" * 3998 + "\r\ny", "x" * 3998 + "\ny"), ("<b>&amp; 橋 👷", "<b>&amp; 橋 👷"),
])  # fmt: skip
def test_the_text_is_kept_with_its_lines(people: SimpleNamespace, pier: Project, text: str, kept: str) -> None:
    assert comments.add(pier, people.pam, text).text == kept
