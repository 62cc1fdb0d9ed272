"""Every answer, also an error, a fragment and a download, carries the same strict headers."""

import pytest

from erp.web.headers import POLICY

HEADERS = {
    "Content-Security-Policy": POLICY, "X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY", "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin", "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}  # fmt: skip


def check(answer):
    assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS
    assert len(answer.headers.getlist("Content-Security-Policy")) == 1


@pytest.fixture
def asked(stage, as_):
    """Answers of every sort: pages, fragments, errors, redirects, downloads, the door."""
    here, item = stage.connection.id, stage.job()
    ann, adam, htmx = as_("ann"), as_("adam"), {"HX-Request": "true"}
    return {
        "login": as_("nobody").get("/login"), "redirect": as_("nobody").get("/erp/"), "desk": ann.get(f"/erp/{here}/job/"),
        "fragment": ann.get(f"/erp/{here}/job/", headers=htmx), "details": ann.get(f"/erp/{here}/items/{item.id}", headers=htmx),
        "403": ann.get("/settings/connections"), "403 fragment": ann.get("/settings/connections", headers=htmx),
        "404": ann.get("/nowhere"), "404 fragment": ann.get(f"/erp/{here}/items/999", headers=htmx), "405": ann.get("/logout"),
        "hx-redirect": as_("nobody").get("/erp/", headers=htmx), "409": ann.post(f"/erp/{here}/items/{item.id}/retry"),
        "download": adam.get(f"/settings/connections/{here}/countersign.qwc"), "door": ann.get("/qbwc"),
        "door fault": ann.post("/qbwc", data=b"no soap"), "405 door": ann.put("/qbwc"), "inbox": ann.get("/dev/inbox/"),
    }  # fmt: skip


def test_every_answer_carries_them(asked):
    assert {answer.status_code for answer in asked.values()} >= {200, 204, 302, 403, 404, 405, 409, 500}
    for answer in asked.values():
        check(answer)


def test_nothing_personal_stays_in_a_cache(asked):
    assert {answer.headers["Cache-Control"] for answer in asked.values()} == {"no-store"}


def test_a_fault_of_ours_carries_them_too(alone, app, as_):
    app.add_url_rule("/undeclared", "undeclared", lambda: "x")
    answer = as_("ann").get("/undeclared")
    assert answer.status_code == 500
    check(answer)


def test_a_page_and_its_fragment_are_told_apart_by_caches(asked):
    assert all("HX-Request" in answer.headers["Vary"] for answer in asked.values())


def test_a_static_file_without_its_version_is_asked_for_again_and_an_error_is_not_kept(client):
    there, missing = client.get("/static/app.css"), client.get("/static/nothing.css")
    assert (there.status_code, there.headers["Cache-Control"]) == (200, "no-cache")
    assert (missing.status_code, missing.headers["Cache-Control"]) == (404, "no-store")
    check(there)
    check(missing)


def test_https_is_remembered_and_http_is_not(client):
    assert (
        client.get("/login", base_url="https://localhost").headers["Strict-Transport-Security"]
        == "max-age=31536000; includeSubDomains"
    )
    assert "Strict-Transport-Security" not in client.get("/login").headers


def test_the_policy_allows_nothing_inline_and_no_frames():
    assert "unsafe" not in POLICY
    assert POLICY.startswith("default-src 'none'")
    assert {"script-src 'self'", "style-src 'self'", "base-uri 'none'", "frame-ancestors 'none'", "form-action 'self'"} <= set(
        POLICY.split("; ")
    )


def test_no_page_has_a_script_a_style_or_a_handler_of_its_own(asked):
    for name, answer in asked.items():
        if answer.mimetype == "text/html":
            text = answer.text.lower()
            assert "<style" not in text, name
            assert " style=" not in text, name
            assert " onclick" not in text, name
            assert "hx-on" not in text, name
            assert "javascript:" not in text, name
            assert text.count("<script") == text.count("<script src="), name
