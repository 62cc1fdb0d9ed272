"""What a person does with a batch: who may, what it does to the items, and what is refused."""

from threading import Barrier, Thread

import pytest

from erp.audit import history
from erp.books.batches import MOVES, WAY, BatchState
from erp.connectors.sage300 import handling
from erp.connectors.sage300.handling import why_not
from erp.db import db, transaction
from erp.exchanges.handover import hand_over
from erp.invariants import broken
from erp.items.perform import Refused, reject
from erp.moves import Stale
from erp.people import Level, User
from erp.people.access import set_grid
from tests.unit.sage import Sage, settings, states, texts


def badge(sage: Sage, batch) -> str:
    return str(sage.item(batch).summary["waits"]["badge"])


def test_from_the_file_to_posted_each_step_has_an_event_and_the_item_shows_it(sage: Sage) -> None:
    batch = sage.batch()
    seen = [badge(sage, batch)]
    sage.download(batch)
    seen.append(badge(sage, batch))
    for name in ("hand_import", "hand_post"):
        sage.go(batch, name)
        seen.append(badge(sage, batch))
    assert seen == ["File ready", "Downloaded", "Imported (not posted)", "Posted"]
    batch = sage.find(1)
    assert (batch.state, batch.downloaded_by, batch.imported_by, batch.posted_by) == ("Posted", *[sage.people.ann.id] * 3)
    assert None not in (batch.downloaded_at, batch.imported_at, batch.posted_at)
    moves = [(event.action, event.actor, event.frm, event.to) for event in history(batch.subject)[1:]]
    assert moves == [("download", "Ann", "Ready", "Downloaded"), ("hand_import", "Ann", "Downloaded", "Imported (not posted)"),
                     ("hand_post", "Ann", "Imported (not posted)", "Posted")]  # fmt: skip
    assert [event.actor for event in history(sage.item(batch).subject) if event.action == "note"] == ["Ann"] * 3
    assert broken(thorough=True) == []


def test_the_second_download_needs_a_reason_and_has_the_same_bytes(sage: Sage) -> None:
    batch = sage.batch()
    first = sage.download(batch)
    with pytest.raises(Refused, match="Write the reason"):
        sage.download(batch, by="bob", reason="  ")
    assert sage.download(batch, by="bob", reason="The first was lost.") == first == batch.files[0].body
    last = history(batch.subject)[-1]
    assert (last.actor, last.comment, last.details["time"]) == ("Bob", "The first was lost.", 2)
    assert (sage.find(1).downloaded_by, sage.find(1).state) == (sage.people.ann.id, "Downloaded")


def test_what_nobody_downloaded_cannot_have_been_imported(sage: Sage) -> None:
    batch = sage.batch()
    assert [reason.text for reason in why_not("hand_import", batch, sage.people.ann)] == [
        "Nobody downloaded 000001_estimate.jce yet."
    ]


@pytest.mark.parametrize(
    "name", ["download", *(name for name, move in MOVES.items() if move.noun), "take_rejects", "bring_report"]
)
@pytest.mark.parametrize("who", ["pam", "stan", "adam", "olga"])
def test_nobody_without_level_and_privilege_makes_a_move(sage: Sage, name: str, who: str) -> None:
    batch = sage.batch()
    batch.state = MOVES[name].frm[0]
    assert "You need" in why_not(name, batch, getattr(sage.people, who))[0].text


def test_an_approver_whose_grid_leaves_budgets_out_makes_no_move(sage: Sage) -> None:
    batch = sage.batch()
    with transaction():
        set_grid(sage.people.bob, "budget", can_import=True, can_export=False)
    assert why_not("download", batch, sage.people.bob)
    assert not why_not("download", batch, sage.people.ann)


def test_who_is_second_hears_who_was_first(sage: Sage) -> None:
    batch = sage.batch()
    seen = batch.version
    sage.download(batch)
    with pytest.raises(Stale, match="Ann downloaded it first"), transaction():
        handling.held(sage.connection.id, 1, seen)
    seen = batch.version
    sage.download(batch, by="bob", reason="Lost.")
    assert handling.held(sage.connection.id, 1, seen) is batch


@pytest.mark.parametrize("name", [name for name, move in MOVES.items() if move.reason])
def test_what_turns_back_needs_a_reason(sage: Sage, name: str) -> None:
    batch = sage.batch()
    batch.state = MOVES[name].frm[0]
    for empty in ("", "   "):
        with pytest.raises(Refused, match="Write the reason"):
            handling.guard(name, batch, sage.people.ann, empty)
    with pytest.raises(Refused, match="at most 2,000 fit"):
        handling.guard(name, batch, sage.people.ann, "x" * 2001)
    with pytest.raises(Refused, match="control character"):
        handling.guard(name, batch, sage.people.ann, "a\0b")
    assert handling.guard(name, batch, sage.people.ann, " So. ") == "So."


@pytest.mark.parametrize("name", sorted(name for name, move in MOVES.items() if move.noun))
@pytest.mark.parametrize("state", list(BatchState))
def test_a_move_is_possible_from_its_states_and_no_others(sage: Sage, name: str, state: BatchState) -> None:
    batch = sage.batch()
    batch.state, batch.files[0].downloads = state, 1
    assert bool(why_not(name, batch, sage.people.ann)) == (state not in MOVES[name].frm)


def test_a_void_batch_gives_its_items_back_to_accepted_and_they_go_in_a_new_one(sage: Sage) -> None:
    batch = sage.batch()
    sage.download(batch)
    sage.go(batch, "void_batch", reason="Wrong period.")
    item = sage.item(batch)
    assert (sage.find(1).state, sage.find(1).reason, item.state) == ("Void", "Wrong period.", "Accepted")
    assert "waits" not in item.summary
    assert [event.comment for event in history(item.subject) if event.action == "void"] == ["Wrong period."]
    assert broken(thorough=True) == []
    sage.exported(item)
    hand_over()
    assert (sage.find(2).state, texts(sage.find(2))) == ("Ready", texts(sage.find(1)))


@pytest.mark.parametrize("name", ["void_batch", "supersede", "download"])
def test_what_was_imported_is_neither_void_nor_made_anew(sage: Sage, name: str) -> None:
    batch = sage.imported()
    assert bool(why_not(name, batch, sage.people.ann)) == (name != "download")


def confirmed_in_part(sage: Sage):
    """Two sub jobs in a batch that nobody downloaded; a read-back found the first, which somebody had keyed in."""
    project = sage.project()
    found, other = sage.sub_job(project), sage.sub_job(project, "B", "Alternate B")
    sage.exported(found, other)
    hand_over()
    sage.settle(found)
    return other


def test_a_batch_of_which_a_part_was_read_back_is_void_for_what_still_waits(sage: Sage) -> None:
    other = confirmed_in_part(sage)
    sage.go(sage.find(1), "void_batch", reason="Nobody imports it.")
    assert (other.state, sage.find(1).state, states(sage.find(1))) == ("Accepted", "Void", ["confirmed", "sent"])
    sage.exported(other)
    hand_over()
    assert texts(sage.find(2)) == texts(sage.find(1))[1:]


def test_a_batch_of_which_a_part_was_read_back_is_made_anew_with_what_still_waits(sage: Sage) -> None:
    other = confirmed_in_part(sage)
    sage.go(sage.find(1), "supersede", reason="The rest alone.")
    assert (other.state, sage.find(1).state, texts(sage.find(2))) == ("Waiting", "Superseded", texts(sage.find(1))[1:])


def test_what_waits_for_ever_in_a_posted_batch_comes_back_step_by_step(sage: Sage) -> None:
    other = confirmed_in_part(sage)
    sage.download(sage.find(1))
    for name in ("hand_import", "hand_post", "not_posted", "not_imported", "void_batch"):
        sage.go(sage.find(1), name, reason="It has the number of another one.")
    with transaction():
        reject(other, sage.people.ann, "Another number, please.")
    assert other.state == "With PM"


def test_named_approvers_decide_alone_about_giving_items_back(sage: Sage) -> None:
    batch = sage.batch()
    project = sage.item(batch).declaration.load(sage.item(batch).document_id).project
    with transaction():
        project.approver_ids = [sage.people.bob.id]
    db.session.expire_all()
    assert [reason.text for reason in why_not("void_batch", batch, sage.people.ann)][0].startswith(
        "The project names its approvers"
    )
    assert not why_not("void_batch", batch, sage.people.bob)


def test_made_anew_it_has_another_number_and_the_settings_of_now(sage: Sage) -> None:
    batch = sage.batch()
    sage.download(batch)
    with settings(sage.connection, date_format="YYYYMMDD"):
        sage.go(batch, "supersede", reason="The date was turned round.")
        old, new = sage.find(1), sage.find(2)
        assert (old.state, old.superseded_by, new.state, new.follow_up_of) == ("Superseded", new.id, "Ready", None)
        assert ("11222026" in texts(old)[0], "20261122" in texts(new)[0]) == (True, True)
    item = sage.item(new)
    assert (item.state, item.summary["waits"]) == (
        "Waiting",
        {"badge": "File ready", "at": f"/erp/{sage.connection.id}/batches/2"},
    )
    assert broken(thorough=True) == []


def test_settings_that_cannot_be_used_make_nothing_anew(sage: Sage) -> None:
    batch = sage.batch()
    with settings(sage.connection, categories={"S": ""}), pytest.raises(Refused, match="It cannot be made anew"):
        sage.go(batch, "supersede", reason="Try.")
    assert (sage.find(1).state, len(sage.all())) == ("Ready", 1)


def test_a_wrong_click_is_taken_back_with_a_reason(sage: Sage) -> None:
    batch = sage.imported()
    sage.go(batch, "hand_post")
    assert sage.go(batch, "not_posted", reason="It was the other one.").state == "Imported (not posted)"
    batch = sage.go(batch, "not_imported", reason="It was the other one.")
    assert (batch.state, batch.imported_by, batch.posted_at, badge(sage, batch)) == ("Downloaded", None, None, "Downloaded")


def test_what_is_confirmed_or_withdrawn_says_so_in_every_refusal(sage: Sage) -> None:
    batch = sage.batch()
    for state in (state for state in BatchState if state not in WAY):
        batch.state = state
        assert str(state) in why_not("download", batch, sage.people.ann)[0].text


def test_an_erp_admin_with_the_privilege_may(sage: Sage) -> None:
    batch = sage.batch()
    with transaction():
        next(grant for grant in sage.people.bob.grants if grant.tool == "erp").level = Level.ADMIN
    assert sage.download(batch, by="bob")


def test_of_two_approvers_at_the_same_moment_one_wins(sage: Sage) -> None:
    batch = sage.batch()
    sage.download(batch)
    key, version, app, start, done = sage.key, sage.find(1).version, sage.stage.app, Barrier(2), []
    people = {"hand_import": sage.people.ann.id, "void_batch": sage.people.bob.id}
    db.session.commit()

    def work(name: str) -> None:
        with app.app_context():
            start.wait()
            try:
                with transaction():
                    held = handling.held(key, 1, version)
                    assert held is not None
                    handling.go(name, held, db.session.get_one(User, people[name]), "So.")
                done.append(name)
            except (Stale, Refused):
                db.session.rollback()

    threads = [Thread(target=work, args=(name,)) for name in people]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    batch = sage.find(1)
    states = {"hand_import": ("Imported (not posted)", "Waiting"), "void_batch": ("Void", "Accepted")}
    assert (batch.state, sage.item(batch).state) == states[done[0]]
    assert (len(done), broken(thorough=True)) == (1, [])
