"""Settings that an administrator changes while something is on its way: what its file said counts."""

from typing import Any

import pytest

from erp.connectors.sage300 import saving
from erp.connectors.sage300.settings import Misconfigured, read
from erp.db import transaction
from erp.exchanges import handover
from tests.unit.ridge import EXTRAS, JOBS, Ridge


def saved(ridge: Ridge, **own: Any) -> None:
    """Adam saves these settings."""
    with transaction():
        data = read(ridge.connection.settings).data() | own
        saving.save(ridge.connection.id, data, saving.fingerprint(ridge.connection), ridge.people.adam)


def test_a_shape_of_jobs_changed_meanwhile_makes_no_other_job_ours(ridge: Ridge) -> None:
    saved(ridge, job_records=True)
    item = ridge.delivered(ridge.accept(ridge.send("job", ridge.pier)))
    saved(ridge, shapes={"job": {"suffix": "-0"}})
    another = ("25-1361-0", "Another job", "")
    ridge.list_back("jobs", JOBS[0], another)
    assert (item.state, ridge.exchange(item).reason[:35]) == ("Waiting", "The job 25-1361 is not in Sage yet.")
    ridge.list_back("jobs", JOBS[0], JOBS[1], another)
    assert (item.state, item.erp_id, item.erp_name) == ("Synced", "25-1361", "Pier 9 Sewer Renewal")


@pytest.mark.parametrize(("by_file", "sentence"), [
    (True, "Jobs by file stays on while 25-1361 Pier 9 Sewer Renewal waits in a batch."),
    (False, "Jobs by file stays off while 25-1361 Pier 9 Sewer Renewal waits to be keyed in."),
])  # fmt: skip
def test_jobs_go_as_they_went_while_one_is_on_its_way(ridge: Ridge, by_file: bool, sentence: str) -> None:
    saved(ridge, job_records=by_file)
    item = ridge.delivered(ridge.accept(ridge.send("job", ridge.pier)))
    with pytest.raises(Misconfigured) as refused:
        saved(ridge, job_records=not by_file)
    assert refused.value.problems["job_records"].startswith(sentence)
    saved(ridge, job_records=by_file, date_format="YYYYMMDD")
    if by_file:
        ridge.list_back("jobs", *JOBS)
    else:
        with transaction():
            handover.paste(item, ridge.people.ann, "25-1361")
    assert item.state == "Synced"
    saved(ridge, job_records=not by_file)
    assert read(ridge.connection.settings).job_records is not by_file


def test_a_shape_of_sub_jobs_changed_meanwhile_makes_no_other_extra_ours(ridge: Ridge) -> None:
    ridge.job_in_sage()
    item = ridge.delivered(ridge.accept(ridge.send("sub_job", ridge.sub_job("1", "North reach"))))
    saved(ridge, shapes={"extra": {"pad": [{"section": 1, "side": "left", "to": 2, "sign": "0"}]}})
    another = ("25-1361", "01", "Another extra")
    ridge.list_back("extras", EXTRAS[0], another)
    assert (item.state, ridge.exchange(item).reason[:46]) == ("Waiting", "The extra 1 is not on the job 25-1361 in Sage ")
    ridge.list_back("extras", EXTRAS[0], ("25-1361", "1", "North reach"), another)
    assert (item.state, item.erp_id) == ("Synced", "25-1361|1")
