"""The page Verify in the browser: it asks for itself while something is verified, and stops then."""

from typing import Any

from sqlalchemy import select

from erp.db import db
from erp.exchanges.exchange import Exchange
from tests.unit.stage import Stage

HTMX = {"HX-Request": "true"}
POLLS, CLEARS = 'hx-trigger="load delay:1500ms"', '<hx-partial hx-target="#flashes"'


def test_the_page_asks_for_itself_until_everything_is_verified(as_: Any, stage: Stage) -> None:
    stage.job_in_erp()
    adam, url = as_("adam"), f"/erp/{stage.connection.id}/verify"
    assert POLLS not in adam.get(url).text
    shown = adam.post(url, follow_redirects=True).text
    assert POLLS in shown
    assert "0 of 2 batches" in shown
    part = adam.get(url, headers=HTMX).text
    assert (POLLS in part, "Nightly check" in part, "<h1>" in part, CLEARS in part) == (True, False, False, False)
    for exchange in db.session.scalars(select(Exchange)):
        exchange.state = "synced"
    db.session.commit()
    part = adam.get(url, headers=HTMX).text
    assert (POLLS in part, CLEARS in part, "Verify everything" in part) == (False, True, True)


def test_it_asks_for_the_verdict_that_is_shown(as_: Any, stage: Stage) -> None:
    stage.job_in_erp()
    adam, url = as_("adam"), f"/erp/{stage.connection.id}/verify"
    adam.post(url)
    assert f'hx-get="{url}?state=missing"' in adam.get(f"{url}?state=missing").text
    wrong = adam.post(f"{url}/night", data={"at": "99:99", "zone": "UTC"})
    assert wrong.status_code == 422
    assert f'hx-get="{url}"' in wrong.text
