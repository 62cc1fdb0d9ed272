"""What is looked at on every page: accessibility in light, contrast in dark, and the width of a phone."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

CONTRAST = {"runOnly": ["color-contrast"]}
"""What the scheme can change is the contrast; everything else is looked at once."""
DESKTOP, PHONE = {"width": 1280, "height": 800}, {"width": 390, "height": 844}
TOO_WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


def looked_at(page: Page) -> list[str]:
    """What is wrong with the page that is open; it is left in light and as wide as a desktop."""
    page.emulate_media(color_scheme="light")
    found = _violations(page, "light", {})
    page.emulate_media(color_scheme="dark")
    found += _violations(page, "dark", CONTRAST)
    page.emulate_media(color_scheme="light")
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]  # a plain dict is what it takes
    over = page.evaluate(TOO_WIDE)
    page.set_viewport_size(DESKTOP)  # type: ignore[arg-type]
    return [*found, *([f"{page.url}: {over} px too wide for a phone"] if over > 0 else [])]


def _violations(page: Page, scheme: str, options: dict[str, object]) -> list[str]:
    found = Axe().run(page, options=options).response["violations"]
    return [f"{page.url} in {scheme}: {v['id']}: {v['nodes'][0]['html'][:160]}" for v in found]
