"""People and sessions as they meet them: a one-time password, the right to approve, a session that ended elsewhere."""

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

PASSWORD = "gravel lantern seven"


def test_a_new_person_logs_in_once_with_what_olga_handed_over(person: Callable[..., Page]) -> None:
    olga = person("olga")
    olga.goto("/people/new")
    olga.get_by_label("Name").fill("Nina Novak")
    olga.get_by_label("E-mail").fill("nina@demo.test")
    olga.get_by_role("button", name="Create person").click()
    secret = olga.locator("#password").inner_text()
    assert olga.context.browser
    nina = olga.context.browser.new_context(base_url=re.sub(r"/people.*", "", olga.url)).new_page()
    nina.goto("/login")
    nina.get_by_label("E-mail").fill("nina@demo.test")
    nina.get_by_label("Password").fill(secret)
    nina.get_by_role("button", name="Log in").click()
    expect(nina.get_by_text("You logged in with a one-time password.")).to_be_visible()
    nina.goto("/projects/")
    nina.get_by_label("Password now").fill(secret)
    nina.get_by_label("New password", exact=True).fill(PASSWORD)
    nina.get_by_label("New password, once more").fill(PASSWORD)
    nina.get_by_role("button", name="Change password").click()
    expect(nina.get_by_role("heading", name="Projects")).to_be_visible()
    olga.goto("/people/")
    olga.get_by_role("link", name="Nina Novak").click()
    olga.get_by_label("May log in").uncheck()
    olga.get_by_role("button", name="Save", exact=True).click()
    expect(olga.get_by_text("Nina Novak was saved.")).to_be_visible()
    nina.reload()
    expect(nina.get_by_role("heading", name="Log in")).to_be_visible()
    nina.context.close()


def test_stan_asks_for_the_right_and_olga_is_told(person: Callable[..., Page]) -> None:
    stan = person("stan")
    stan.goto("/erp/1/job/ready-to-export")
    stan.get_by_role("button", name="Ask for the right to approve").click()
    expect(stan.get_by_text("Olga Petrenko was told by mail.")).to_be_visible()
    expect(stan.get_by_role("button", name="Ask for the right to approve")).to_have_count(0)
    olga = person("olga")
    olga.goto("/dev/inbox/")
    expect(olga.get_by_role("link", name="Stan Moreau asks for the right to approve")).to_be_visible()


def test_a_click_after_the_session_ended_leads_to_the_login_and_back_to_the_same_page(person: Callable[..., Page]) -> None:
    ann = person("ann")
    ann.goto("/erp/1/cost_code/synced")
    other = ann.context.new_page()
    other.goto("/account/")
    other.get_by_role("button", name="Log out").click()
    expect(other.get_by_role("heading", name="Log in")).to_be_visible()
    ann.get_by_role("searchbox", name="Filter this list").fill("Asphalt")
    ann.keyboard.press("Enter")
    expect(ann).to_have_url(re.compile(r"/login\?next=/erp/1/cost_code/synced$"))
    ann.get_by_label("E-mail").fill("ann@demo.test")
    ann.get_by_label("Password").fill("countersign")
    ann.get_by_role("button", name="Log in").click()
    expect(ann).to_have_url(re.compile(r"/erp/1/cost_code/synced$"))
