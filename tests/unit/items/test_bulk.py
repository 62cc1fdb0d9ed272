"""Accepting many at once: what may be accepted is, the rest stays with its reasons, and nothing unseen is decided."""

from erp.db import db, transaction
from erp.items.bulk import accept_all
from erp.people.access import set_grid
from erp.states import State
from tests.unit.stage import ACCOUNTS, CITY


def accept_many(stage, items, by="ann", **form):
    with transaction():
        done, refused = accept_all(items, getattr(stage.people, by), form)
    return done, [(item.title, [reason.text for reason in reasons]) for item, reasons in refused]


def jobs(stage, *wished):
    made = [stage.project(f"25-10{n}", f"Job {n}", wished_customer=wish) for n, wish in enumerate(wished)]
    return [stage.send("job", one) for one in made]


def test_everything_that_can_be_accepted_is_and_the_rest_is_named(stage):
    items = jobs(stage, "City of Bayview", "", "City of Bayview")
    assert accept_many(stage, items) == (2, [("Job 1", ["Choose Customer."])])
    assert [item.state for item in items] == [State.ACCEPTED, State.READY, State.ACCEPTED]


def test_one_choice_for_all_wins_over_what_each_row_proposes(stage):
    items = jobs(stage, "Harbor Unified School District", "")
    assert accept_many(stage, items, customer=CITY) == (2, [])
    assert {item.choices["customer"]["id"] for item in items} == {CITY}


def test_what_is_not_ready_any_more_is_left_alone_in_silence(stage):
    items = jobs(stage, "City of Bayview", "City of Bayview")
    stage.retrieve(items[0])
    assert accept_many(stage, items) == (1, [])
    assert [item.state for item in items] == [State.WITH_PM, State.ACCEPTED]


def test_a_division_that_came_along_with_its_first_code_is_not_counted_again(stage):
    items = [stage.send("cost_code", code) for code in stage.codes[:2]]
    above = stage.item(stage.codes[0].division_id)
    assert accept_many(stage, [*items, above], **ACCOUNTS) == (2, [])
    assert above.state == State.ACCEPTED


def test_stan_accepts_nothing_and_the_reasons_name_the_privilege(stage):
    done, refused = accept_many(stage, jobs(stage, "City of Bayview"), by="stan")
    assert (done, [title for title, _ in refused]) == (0, ["Job 0"])


def test_the_grid_counts_for_each_row(stage):
    set_grid(stage.people.ann, "cost_code", can_import=True, can_export=False)
    done, refused = accept_many(stage, [*jobs(stage, "City of Bayview"), stage.send("cost_code", stage.codes[0])], **ACCOUNTS)
    assert (done, len(refused)) == (1, 1)


def test_a_refusal_undoes_only_its_own_row(stage):
    items = jobs(stage, "", "City of Bayview")
    accept_many(stage, items)
    db.session.expire_all()
    assert [event.action for event in stage.events(items[0])] == ["send"]
    assert [event.action for event in stage.events(items[1])] == ["send", "accept"]


def test_a_row_that_was_sent_anew_since_the_page_was_drawn_is_not_accepted(stage):
    items = jobs(stage, "City of Bayview", "City of Bayview")
    seen = {item.id: item.version for item in items}
    stage.retrieve(items[0])
    stage.send("job", items[0].declaration.load(items[0].document_id))
    with transaction():
        done, refused = accept_all(items, stage.people.ann, {}, seen)
    assert done == 1
    assert [reason.text for _, reasons in refused for reason in reasons] == [
        "Pam sent it first. It is now Ready; nothing was changed by you."]  # fmt: skip
    assert [item.state for item in items] == [State.READY, State.ACCEPTED]
