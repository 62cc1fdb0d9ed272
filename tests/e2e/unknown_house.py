"""A house with an item whose outcome only a person can judge, served for a browser: `python -m tests.e2e.unknown_house`.

Prints one line of JSON: where it is, the addresses of its pages, and each person's cookie. Ends when its input is closed.
"""

import json
import logging
import sys
import threading
from typing import Any

from sqlalchemy import select
from werkzeug.serving import make_server

from erp.cli.user import give, make
from erp.db import db, transaction
from erp.exchanges import verify
from erp.people import Level, User, sessions
from erp.people.user import PUSH
from erp.simulator import bookkeeper, views
from tests.house import House, move_in
from tests.unit.exchanges.test_looking import budget as exported_budget
from tests.unit.exchanges.test_looking import foreign_estimate, lost, move_estimate


def main() -> None:
    """Prepare, serve, and say where."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    with move_in(SERVER_NAME=None) as house:
        pages = _prepare(house)
        cookies = {name: _cookie(house, name) for name in ("ann", "adam", "erin")}
        db.session.remove()
        server = make_server("127.0.0.1", 0, house.app, threaded=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        print(json.dumps({"url": f"http://127.0.0.1:{server.server_port}", "pages": pages, "cookies": cookies}), flush=True)
        sys.stdin.read()
        server.shutdown()


def _prepare(house: House) -> dict[str, str]:
    with transaction():
        make("adam@x.test", "Adam", "-", erp=Level.ADMIN)
        give(make("erin@x.test", "Erin", "-", erp=Level.ADMIN), PUSH)
    item, number = lost(house, exported_budget)
    move_estimate(house, number, "City of Bayview:Fire Station 4")
    bookkeeper.edit_estimate_line(house.company, number, 1, "1.00")
    foreign_estimate(house, "R-77")
    house.caller().drain()
    job = house.item(house.pier)
    bookkeeper.change(house.company, "job", job.erp_id, Notes="", ExternalGUID="{00000000-0000-0000-0000-000000000000}")
    row = next(row for row in views.items(house.company) if row["full_name"] == "32:32-1600")
    house.qbxml(f"<ItemServiceModRq><ItemServiceMod><ListID>{row['id']}</ListID><EditSequence>{row['edit_sequence']}"
                "</EditSequence><SalesAndPurchaseMod><IncomeAccountRef><FullName>Change Order Income</FullName>"
                "</IncomeAccountRef></SalesAndPurchaseMod></ItemServiceMod></ItemServiceModRq>")  # fmt: skip
    with transaction():
        verify.everything(house.connection)
    house.update()
    base = f"/erp/{item.connection_id}"
    return {"unknown": f"{base}/items/{item.id}/unknown", "list": f"{base}/budget/failed-to-export", "verify": f"{base}/verify",
            "record": f"{base}/items/{job.id}/record", "details": f"{base}/items/{job.id}", "all": f"{base}/all-kinds"}  # fmt: skip


def _cookie(house: House, name: str) -> Any:
    client = house.app.test_client()
    user = db.session.scalars(select(User).filter_by(name=name.title())).one()
    with client.session_transaction() as kept:
        kept["_user_id"] = sessions.begin(user)
    db.session.commit()
    cookie = client.get_cookie("session")
    assert cookie
    return cookie.value


if __name__ == "__main__":
    main()
