"""Twenty items reviewed by keyboard alone: j, k, Enter, Escape, x, a, r, e and ?; the mouse is never touched."""

from pathlib import Path

from playwright.sync_api import Locator, Page, expect

from tests.e2e.desk import HANDED, row

CODES = [f"75-{n}00" for n in range(11, 31)]


def test_twenty_items_are_reviewed_by_keyboard_alone(pam: Page, ann: Page, adam: Page, tmp_path: Path) -> None:
    send_twenty(adam, tmp_path)
    ann.goto("/erp/1/cost_code/ready-to-export?q=75")
    keys = ann.keyboard
    keys.press("?")
    expect(ann.get_by_role("dialog").get_by_text("Keys on lists")).to_be_visible()
    keys.press("Escape")

    walk_to(ann, CODES[0])
    keys.press("Enter")
    expect(ann.get_by_role("dialog")).to_contain_text(CODES[0])
    keys.press("Escape")
    expect(ann.get_by_role("dialog")).to_have_count(0)

    keys.press("a")
    choose_accounts(ann, CODES[0])
    expect(row(ann, CODES[0]).get_by_text("by Ann Archer")).to_be_visible()
    keys.press("Escape")
    for code in CODES[1:17]:
        walk_to(ann, code)
        keys.press("a")
        expect(row(ann, code).get_by_text("by Ann Archer")).to_be_visible()
    for code in CODES[17:]:
        walk_to(ann, code)
        keys.press("r")
        expect(row(ann, "Enter a Comment").get_by_role("textbox")).to_be_focused()
        keys.type("Not ours")
        keys.press("Enter")
        expect(row(ann, code)).to_have_count(0)

    walk_to(ann, CODES[3])
    keys.press("e")
    expect(ann.get_by_text(HANDED).first).to_be_visible()
    for code in (CODES[0], CODES[16]):
        expect(row(ann, code)).to_have_count(0, timeout=60_000)
    adam.goto("/cost-codes/?q=75")
    expect(row(adam, CODES[0])).to_contain_text("Synced")
    expect(row(adam, CODES[19])).to_contain_text("With PM")


def send_twenty(adam: Page, folder: Path) -> None:
    """Adam imports twenty codes of a division and sends them."""
    file = folder / "codes.csv"
    file.write_text("Code,Name\n" + "".join(f"{code},Works {code}\n" for code in CODES))
    adam.goto("/cost-codes/import")
    adam.get_by_label("File").set_input_files(file)
    adam.get_by_role("button", name="Next").click()
    adam.get_by_role("button", name="Preview").click()
    adam.get_by_role("button", name="Import").click()
    adam.goto("/cost-codes/?q=75-")
    adam.get_by_label("Choose all on this page").check()
    adam.get_by_role("button", name="Send to ERP").click()
    expect(adam.get_by_text("sent", exact=False).first).to_be_visible()


def walk_to(ann: Page, code: str) -> None:
    """Down or up the list until the row of this code is the current one."""
    for key in "k" * 30 + "j" * 30:
        if ann.evaluate("code => !!document.activeElement.closest('[data-row]')?.textContent.includes(code)", code):
            return
        ann.keyboard.press(key)
    raise AssertionError(f"{code} is not in the list")


def choose_accounts(ann: Page, code: str) -> None:
    """Both drop-downs of the row with the arrow keys, the last one accepts; what an earlier story chose is taken as it is."""
    first = row(ann, code).get_by_label("Income account")
    expect(first).to_be_visible()
    if row(ann, code).get_by_text("by Ann Archer").is_visible():
        return
    pick(ann, first, "Construction Income")
    ann.keyboard.press("Tab")
    pick(ann, row(ann, code).get_by_label("Expense account"), "Subcontracts")


def pick(ann: Page, field: Locator, wanted: str) -> None:
    """Arrow down until it is chosen."""
    expect(field).to_be_focused()
    for _ in range(field.locator("option").count()):
        if field.locator("option:checked").inner_text() == wanted:
            return
        ann.keyboard.press("ArrowDown")
    raise AssertionError(f"{wanted} is not offered")
