"""What Sage rejected is matched back: in part it goes on with a follow-up batch, whole items have failed."""

import pytest

from erp.audit import history
from erp.books import batches
from erp.connectors.sage300.batches import Share, as_written, make, waiting
from erp.connectors.sage300.handling import why_not
from erp.db import db, transaction
from erp.documents import budget as budgets
from erp.documents import budget_change, sub_job
from erp.documents.budget_moves import Move
from erp.exchanges.export import retry
from erp.exchanges.handover import hand_over
from erp.invariants import broken
from erp.items.perform import Refused
from tests.unit.sage import Sage, body_of, settings, states, texts


def waits(item) -> dict[str, str]:
    return dict(item.summary["waits"])


@pytest.fixture
def three(sage: Sage):
    """A batch of three lines that was imported."""
    return sage.imported(100_050, 200_000, -300_100)


def test_a_part_of_it_rejected_goes_on_with_a_follow_up_and_the_item_waits_for_that(sage: Sage, three) -> None:
    lines = texts(three)
    taken = sage.rejects(three, body_of(lines[1]), said="Category M is not a Standard Category")
    first, second = sage.all()
    assert (taken.lines, taken.failed, taken.follow_up) == (1, [], second)
    assert (states(first), first.state) == (["sent", "rejected", "sent"], "Imported (not posted)")
    assert (second.state, second.follow_up_of, texts(second), second.files[0].name) == (
        "Ready",
        first.id,
        [lines[1]],
        "000002_estimate.jce",
    )
    item = sage.item(first)
    assert (item.state, waits(item)) == ("Waiting", {"badge": "File ready", "at": f"/erp/{sage.connection.id}/batches/2"})
    assert batches.lines_of(first)[1].reason == "Rejected by Sage: Category M is not a Standard Category"
    assert history(first.subject)[-1].details == {"file": "000001_estimate.jce", "lines": 1}
    assert broken(thorough=True) == []


def test_the_badge_follows_the_slowest_of_its_batches(sage: Sage, three) -> None:
    sage.rejects(three, body_of(texts(three)[1]))
    sage.go(sage.find(1), "hand_post")
    item = sage.item(sage.find(1))
    assert waits(item)["badge"] == "File ready"
    sage.download(sage.find(2))
    sage.go(sage.find(2), "hand_import")
    assert waits(item) == {"badge": "Imported (not posted)", "at": f"/erp/{sage.connection.id}/batches/2"}
    sage.go(sage.find(2), "hand_post")
    assert waits(item) == {"badge": "Posted", "at": f"/erp/{sage.connection.id}/batches/1"}
    sage.settle(item)
    assert [batch.state for batch in sage.all()] == ["Confirmed", "Confirmed"]
    assert (item.state, states(sage.find(1)), states(sage.find(2))) == (
        "Synced",
        ["confirmed", "rejected", "confirmed"],
        ["confirmed"],
    )


def test_with_every_line_rejected_the_item_has_failed_and_the_batch_is_void(sage: Sage, three) -> None:
    taken = sage.rejects(three, three.files[0].body, said="Closed job", by="bob")
    batch = sage.find(1)
    item = sage.item(batch)
    assert ([one.id for one in taken.failed], taken.follow_up, batch.state) == ([item.id], None, "Void")
    assert (item.state, item.error["code"], item.error["message"]) == ("Failed", "rejected", "Rejected by Sage: Closed job")
    assert "closed in Sage" in item.error["cause"]
    assert "waits" not in item.summary
    assert ("ann@x.test" in [to for to, _ in sage.stage.mails()], broken(thorough=True)) == (True, [])


def test_without_sages_words_nothing_is_made_up_about_the_cause(sage: Sage, three) -> None:
    sage.rejects(three, three.files[0].body)
    assert sage.item(sage.find(1)).error["cause"] == "Sage rejected it."


def test_rejected_bit_by_bit_it_goes_on_in_follow_ups_and_waits_when_all_are_void_for_what_is_keyed_in(sage: Sage, three) -> None:
    lines = texts(three)
    sage.rejects(three, body_of(*lines[:2]))
    follow = sage.find(2)
    sage.download(follow)
    sage.go(follow, "hand_import")
    sage.rejects(sage.find(2), body_of(*lines[:2]))
    assert [batch.state for batch in sage.all()] == ["Imported (not posted)", "Void", "Ready"]
    item = sage.item(sage.find(1))
    assert item.state == "Waiting"
    sage.rejects(sage.find(1), body_of(lines[2]))
    assert [batch.state for batch in sage.all()] == ["Void", "Void", "Ready", "Ready"]
    for number, badge, page in ((3, "File ready", 4), (4, "Key it in", 4)):
        sage.go(sage.find(number), "void_batch", reason="Keyed in by hand.")
        assert (item.state, waits(item)) == ("Waiting", {"badge": badge, "at": f"/erp/{sage.connection.id}/batches/{page}"})
    assert broken(thorough=True) == []
    sage.settle(item)
    assert item.state == "Synced"


def test_the_same_file_twice_changes_nothing_twice(sage: Sage, three) -> None:
    body = body_of(texts(three)[1])
    sage.rejects(three, body)
    before = (len(history(three.subject)), sage.find(1).version, len(sage.all()))
    assert sage.rejects(sage.find(1), body).before is not None
    again = sage.rejects(sage.find(1), body.replace(b"\r\n", b"\n"))
    assert (again.lines, again.follow_up, len(sage.all())) == (0, None, before[2])
    assert states(sage.find(1)) == ["sent", "rejected", "sent"]


def test_a_longer_reject_file_adds_only_what_is_new(sage: Sage, three) -> None:
    lines = texts(three)
    sage.rejects(three, body_of(lines[1]))
    taken = sage.rejects(sage.find(1), body_of(lines[1], lines[2]))
    assert (taken.lines, texts(sage.find(3)), states(sage.find(1))) == (1, [lines[2]], ["sent", "rejected", "rejected"])


def test_lines_alike_are_counted(sage: Sage, three) -> None:
    exchange = waiting(three)[0]
    line = as_written(batches.lines_of(three)[0])
    batch = make(sage.connection, [Share(exchange, (line, line, as_written(batches.lines_of(three)[1])))])
    batch.files[0].downloads = 1
    db.session.commit()
    taken = sage.rejects(batch, body_of(line["text"]))
    assert (taken.lines, states(sage.find(2))) == (1, ["rejected", "sent", "sent"])
    assert sage.rejects(sage.find(2), body_of(line["text"]).replace(b"\r\n", b"\n")).lines == 0
    assert states(sage.find(2)) == ["rejected", "sent", "sent"]
    with pytest.raises(Refused, match="is not in 000002_estimate.jce, or not so often"):
        sage.rejects(sage.find(2), body_of(*[line["text"]] * 3))
    assert sage.rejects(sage.find(2), body_of(*[line["text"]] * 2)).lines == 1


@pytest.mark.parametrize("case", ["another batch", "changed amount", "another record", "half of it"])
def test_a_reject_file_of_something_else_changes_nothing(sage: Sage, three, case: str) -> None:
    other = sage.imported(5, 6, number=2)
    mine, theirs = texts(three), texts(other)
    lines = {"another batch": theirs, "changed amount": [mine[0].replace("1000.50", "1000.51")], "another record": ['E,"A","Alternate"'],
             "half of it": [mine[0], theirs[0]]}[case]  # fmt: skip
    before = (sage.find(1).version, len(history(three.subject)))
    with pytest.raises(Refused, match="This is the reject file of another batch or file, or it was changed"):
        sage.rejects(sage.find(1), body_of(*lines))
    assert (set(states(sage.find(1))), len(sage.all()), batches.papers(sage.find(1))) == ({"sent"}, 2, [])
    assert (sage.find(1).version, len(history(three.subject))) == before


def test_an_empty_file_or_a_strange_one_is_a_sentence(sage: Sage, three) -> None:
    for body, words in ((b"", "so Sage rejected nothing"), (b"\0\1", "no plain text")):
        with pytest.raises(Refused, match=words):
            sage.rejects(sage.find(1), body)


def test_what_was_never_handed_out_has_no_reject_file(sage: Sage) -> None:
    batch = sage.batch()
    with pytest.raises(Refused, match="Nobody downloaded"):
        sage.rejects(batch, batch.files[0].body)


def test_after_a_reject_file_the_batch_was_imported_and_stays_so(sage: Sage, three) -> None:
    sage.rejects(three, body_of(texts(three)[1]))
    for name in ("not_imported", "void_batch", "supersede"):
        assert why_not(name, sage.find(1), sage.people.ann)
    sage.go(sage.find(1), "hand_post")
    assert sage.find(1).state == "Posted"


def test_a_void_follow_up_gives_no_item_back_of_which_sage_has_a_part(sage: Sage, three) -> None:
    sage.rejects(three, body_of(texts(three)[1]))
    sage.go(sage.find(2), "void_batch", reason="Keyed in by hand.")
    item = sage.item(sage.find(1))
    assert (item.state, waits(item)) == (
        "Waiting",
        {"badge": "Imported (not posted)", "at": f"/erp/{sage.connection.id}/batches/1"},
    )
    sage.settle(item)
    assert [batch.state for batch in sage.all()] == ["Confirmed", "Void"]


def test_what_was_keyed_in_for_a_void_follow_up_is_not_sent_again_when_sage_rejects_the_rest(sage: Sage) -> None:
    batch = sage.imported(100_00, 200_00)
    keyed, rest = texts(batch)
    sage.rejects(batch, body_of(keyed))
    sage.go(sage.find(2), "void_batch", reason="Keyed in by hand.")
    taken = sage.rejects(sage.find(1), body_of(rest))
    assert (taken.failed, sage.item(sage.find(1)).state, texts(sage.find(3))) == ([], "Waiting", [rest])
    assert broken(thorough=True) == []


def test_a_follow_up_made_anew_has_the_rejected_lines_only(sage: Sage, three) -> None:
    sage.rejects(three, body_of(texts(three)[1]))
    with settings(sage.connection, date_format="YYYYMMDD"):
        sage.go(sage.find(2), "supersede", reason="Date.")
    fresh = sage.find(3)
    assert [text.split(",")[4] for text in texts(fresh)] == ["20261122"]
    assert (fresh.follow_up_of, [batch.state for batch in sage.all()]) == (
        sage.find(1).id,
        ["Imported (not posted)", "Superseded", "Ready"],
    )
    with (
        settings(sage.connection, categories={"S": "SUB"}),
        pytest.raises(Refused, match="1 of its lines would go to another category"),
    ):
        sage.go(sage.find(3), "supersede", reason="Try.")
    assert len(sage.all()) == 3


def test_a_rejected_sub_job_fails_and_the_budget_beside_it_waits(sage: Sage) -> None:
    with settings(sage.connection, job_records=True):
        project = sage.project()
        extra, budget = sage.sub_job(project), sage.accepted("budget", sage.budget(project))
        sage.exported(extra, budget)
        hand_over()
    batch = sage.find(1)
    sage.download(batch)
    sage.rejects(batch, body_of(texts(batch)[1]), said="Extra exists")
    assert (extra.state, budget.state, len(sage.all()), sage.find(1).state) == ("Failed", "Waiting", 1, "Downloaded")


def test_a_follow_up_begins_with_the_job_where_jobs_go_by_file(sage: Sage) -> None:
    with settings(sage.connection, job_records=True):
        batch = sage.imported(100, 200)
        sage.rejects(batch, body_of(texts(batch)[2]))
    assert texts(sage.find(2)) == [texts(sage.find(1))[0], texts(sage.find(1))[2]]


def test_a_line_that_was_read_back_is_not_rejected_any_more(sage: Sage) -> None:
    project = sage.project()
    extra, budget = sage.sub_job(project), sage.accepted("budget", sage.budget(project))
    sage.exported(extra, budget)
    hand_over()
    sage.download(sage.find(1))
    sage.settle(budget)
    with pytest.raises(Refused, match="was read back from Sage meanwhile"):
        sage.rejects(sage.find(1), body_of(texts(sage.find(1))[1]))


@pytest.mark.parametrize("who", ["pam", "stan", "adam", "olga"])
def test_nobody_else_brings_a_reject_file(sage: Sage, three, who: str) -> None:
    with pytest.raises(Refused, match="You need"):
        sage.rejects(three, three.files[0].body, by=who)


def test_a_failed_item_is_retried_in_a_new_batch(sage: Sage, three) -> None:
    sage.rejects(three, three.files[0].body)
    item = sage.item(sage.find(1))
    with transaction():
        retry(item, sage.people.bob, dict(item.choices))
    hand_over()
    assert (sage.find(2).state, texts(sage.find(2)), item.state) == ("Ready", texts(sage.find(1)), "Waiting")


def test_the_same_line_rejected_of_both_files_counts_for_both(sage: Sage) -> None:
    project = sage.project()
    budget = sage.budget(project, 100_000, 50_000)
    with transaction():
        first = budget.lines[0]
        change = budget_change.create(budget, sage.people.pam, "BC1", "Twice as much", "", [Move(first, 100_000)])
        budget_change.submit(change, sage.people.pam)
        budget_change.approve(change, sage.people.pam)
    sage.exported(sage.accepted("budget", budget))
    hand_over()
    batch = sage.find(1)
    estimate, changes = batch.files
    for file in (estimate, changes):
        sage.download(batch, file=file)
    sage.go(batch, "hand_import")
    line = texts(batch)[0]
    assert changes.body == body_of(line), "an original amount and a change of it are one text"
    for file in (estimate, changes):
        assert sage.rejects(batch, body_of(line), file).lines == 1
    assert states(sage.find(1)) == ["rejected", "sent", "rejected"]
    assert [(texts(one), one.files[0].part) for one in sage.all()[1:]] == [([line], "estimate"), ([line], "estimate_changes")]
    assert len(batches.papers(batch)) == 1
    for file in (estimate, changes):
        assert not sage.rejects(batch, body_of(line), file).lines, "the same file of the same file again changes nothing"
    assert broken(thorough=True) == []


def on_a_sub_job(sage: Sage):
    """A budget in a batch that was imported: one file has its extra, the other its only amount."""
    project = sage.project()
    with transaction():
        below = sub_job.create(project, sage.people.pam, number="A", title="Alternate A")
    sage.there("sub_job", below, "261164|A")
    with transaction():
        made = budgets.open_for(project, sage.people.pam)
        own = budgets.add_line(made, sage.stage.codes[0], "S", 0, sub_job=below)
        budgets.lock(made, sage.people.pam, None)
        change = budget_change.create(made, sage.people.pam, "BC1", "Alternate", "", [Move(own, 100_000)])
        budget_change.submit(change, sage.people.pam)
        budget_change.approve(change, sage.people.pam)
    sage.exported(sage.accepted("budget", made))
    hand_over()
    imported(sage, 1)
    return sage.item(sage.find(1))


@pytest.mark.parametrize("how_far", [0, 1, 2, 3])
def test_a_follow_up_with_the_sub_job_alone_ends_when_its_item_fails(sage: Sage, how_far: int) -> None:
    item = on_a_sub_job(sage)
    extra, cost = sage.find(1).files
    sage.rejects(sage.find(1), extra.body, extra)
    assert ([line.record for line in batches.lines_of(sage.find(2))], sage.find(2).state) == (["E"], "Ready")
    for name in ("download", "hand_import", "hand_post")[:how_far]:
        sage.download(sage.find(2)) if name == "download" else sage.go(sage.find(2), name)
    taken = sage.rejects(sage.find(1), cost.body, cost)
    assert (item.state, [one.title for one in taken.ended], [one.state for one in sage.all()]) == (
        "Failed",
        ["000002"],
        ["Void", "Void"],
    )
    assert sage.find(2).reason.startswith("Sage took none of the amounts of its items")
    assert why_not("hand_import", sage.find(2), sage.people.ann)[0].text == "The batch is Void: do not import its files."
    assert broken(thorough=True) == []


def test_a_batch_that_another_item_waits_in_goes_on(sage: Sage) -> None:
    project = sage.project()
    first, second = sage.sub_job(project), sage.sub_job(project, "B", "Alternate B")
    sage.exported(first, second)
    hand_over()
    imported(sage, 1)
    taken = sage.rejects(sage.find(1), body_of(texts(sage.find(1))[0]))
    assert (first.state, second.state, taken.ended, sage.find(1).state) == ("Failed", "Waiting", [], "Imported (not posted)")


def test_a_late_reject_of_what_failed_before_leaves_the_item_that_is_on_its_way_again(sage: Sage) -> None:
    item = on_a_sub_job(sage)
    extra, cost = sage.find(1).files
    sage.rejects(sage.find(1), extra.body, extra)
    imported(sage, 2)
    sage.rejects(sage.find(1), cost.body, cost)
    assert item.state == "Failed"
    with transaction():
        retry(item, sage.people.ann, {})
    hand_over()
    imported(sage, 3)
    with pytest.raises(Refused, match="The batch is Void"):
        sage.rejects(sage.find(2), sage.find(2).files[0].body)
    assert item.state == "Waiting", "Sage may have the amount of the second time: nobody may send it a third time"
    assert broken(thorough=True) == []


def imported(sage: Sage, number: int) -> None:
    for file in sage.find(number).files:
        sage.download(sage.find(number), file=file)
    sage.go(sage.find(number), "hand_import")
