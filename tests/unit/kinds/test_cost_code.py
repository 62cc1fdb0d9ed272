"""A cost code on its way, with the division above it."""

import pytest

from erp.db import db, transaction
from erp.documents import cost_code
from erp.items.perform import Refused, item_for
from erp.items.why_not import why_not
from erp.kind import KINDS
from erp.states import Filter, State
from tests.unit.stage import ACCOUNTS

CODE = KINDS["cost_code"]


def grey(stage, code):
    return [r.text for r in why_not("send", item_for("cost_code", stage.connection, code), stage.people.adam)]


def add(stage, number, name="A name", division=None):
    made = cost_code.create(stage.people.adam, number, name, division)
    db.session.commit()
    return made


def test_a_code_takes_its_division_along_once(stage):
    first, second, other = (stage.send("cost_code", code) for code in stage.codes)
    above = stage.item(stage.codes[0].division_id)
    assert above.state == State.READY
    assert [event.action for event in stage.events(above)] == ["send"]
    assert stage.item(stage.codes[2].division_id) != above
    assert {first.state, second.state, other.state} == {State.READY}


def test_the_division_is_accepted_with_its_first_code_and_its_choices(stage):
    item = stage.accepted("cost_code", stage.codes[0])
    above = stage.item(stage.codes[0].division_id)
    assert (above.state, above.acceptor, above.choices) == (State.ACCEPTED, stage.people.ann, item.choices)
    stage.accepted("cost_code", stage.codes[1])
    assert [event.action for event in stage.events(above)] == ["send", "accept"]


def test_a_division_that_accounting_has_is_not_sent_again(stage):
    stage.synced(stage.accepted("cost_code", stage.codes[0]))
    above = stage.synced(stage.item(stage.codes[0].division_id))
    stage.send("cost_code", stage.codes[1])
    assert above.state == State.SYNCED


def test_a_rejected_division_is_sent_again_with_the_next_send_of_its_code(stage):
    item = stage.send("cost_code", stage.codes[0])
    above = stage.item(stage.codes[0].division_id)
    for row in (item, above):
        stage.reject(row)
    stage.send("cost_code", stage.codes[0])
    assert (item.state, above.state) == (State.READY, State.READY)


def test_a_code_is_not_accepted_while_its_division_was_taken_away(stage):
    item = stage.send("cost_code", stage.codes[0])
    stage.reject(stage.item(stage.codes[0].division_id))
    with pytest.raises(Refused, match="The division 32 is not on its way to ERP") as refused:
        stage.accept(item, **ACCOUNTS)
    assert refused.value.reasons[0].url == f"/cost-codes/{stage.codes[0].division_id}/edit"


def test_an_accepted_code_whose_division_was_taken_away_stays_accepted_at_export(stage):
    item = stage.accepted("cost_code", stage.codes[0])
    above = stage.item(stage.codes[0].division_id)
    assert why_not("export", item, stage.people.ann) == []
    stage.retrieve(above, by="adam")
    assert [r.text for r in why_not("export", item, stage.people.ann)] == [
        "The division 32 is not on its way to ERP: it was rejected or retrieved. It must be sent again first."]  # fmt: skip
    stage.send("cost_code", stage.codes[0].division, by="adam")
    assert [r.text for r in why_not("export", item, stage.people.ann)] == [
        "The division 32 is not accepted yet. Accept it first."
    ]


def test_a_code_whose_division_failed_waits_for_it(stage):
    item = stage.accepted("cost_code", stage.codes[0])
    above = stage.item(stage.codes[0].division_id)
    stage.exporting(above)
    assert why_not("export", item, stage.people.ann) == []
    stage.failed(above)
    assert [r.text for r in why_not("export", item, stage.people.ann)] == [
        "The division 32 was refused by accounting. Put that right first, under Failed To Export."]  # fmt: skip


@pytest.mark.parametrize(("number", "division"), [("x" * 32, ""), ("33-" + "x" * 29, "33")], ids=["alone", "below a division"])
def test_a_code_of_32_characters_is_refused_and_one_of_31_is_not(stage, number, division):
    code = add(stage, number, division=division)
    assert grey(stage, code) == [f"Cost code “{number}” has 32 characters; QuickBooks takes 31."]
    assert grey(stage, add(stage, number[:-1] + "", division=division)) == []


def test_a_code_with_a_colon_or_a_control_character_is_refused(stage):
    code = add(stage, "32:1300", division="")
    assert len(grey(stage, code)) == 1
    code.code = "32\x011300"
    assert grey(stage, code) == ["Cost code has a control character in it; type it anew."]


def test_a_division_that_is_too_long_refuses_its_code_by_the_divisions_reason(stage):
    code = add(stage, "77-1", division="D" * 32)
    with pytest.raises(Refused, match="32 characters"):
        stage.send("cost_code", code)
    assert item_for("cost_code", stage.connection, code).id is None


def test_the_list_shows_name_division_and_the_badge_of_a_division(stage):
    stage.send("cost_code", stage.codes[0])
    shown = [stage.item(key).summary for key in (stage.codes[0].id, stage.codes[0].division_id)]
    assert [(s["name"], s["division"], s["badge"], s["rank"]) for s in shown] == [
        ("Asphalt paving", "32", "", 1),
        ("32", "", "Division", 0),
    ]


def test_refs_name_the_division_only_when_accounting_has_it(stage):
    item = stage.accepted("cost_code", stage.codes[0])
    assert CODE.refs(item) == {}
    above = stage.synced(stage.item(stage.codes[0].division_id))
    assert CODE.refs(item) == {"division": above.erp_id, "division_name": above.erp_name}


def test_the_words_of_the_tab_are_those_of_the_product():
    assert (CODE.tab, CODE.filter_title) == ("Standard Cost Codes", "Filter Standard Cost Codes By")
    assert CODE.heading(Filter.SYNCED) == "ERP Cost Code List"
    assert CODE.heading(Filter.FAILED) == "Standard Cost Codes Failed To Export"


def test_a_short_name_does_not_make_quickbooks_ask_for_the_code_again(stage):
    stage.codes_in_erp()
    code = stage.codes[0]
    assert "short" not in CODE.snapshot(code)
    with transaction():
        cost_code.edit(code, stage.people.adam, None, code.code, code.name, short="Asphalt")
    assert CODE.snapshot(code)["short"] == "Asphalt"
    assert [r.text for r in why_not("send", item_for("cost_code", stage.connection, code), stage.people.adam)] == [
        "There is nothing to send: accounting has it as it is here. Change it first."
    ]
