"""Reading answers as a person would: by words, rows and controls."""

from typing import Any

from lxml import html


def page(answer: Any) -> Any:
    """The answer as a tree."""
    return html.fromstring(answer.text)


def words(element: Any) -> str:
    """The text of an element, its blanks collapsed."""
    return " ".join(element.text_content().split())


def all_words(answer: Any, path: str) -> list[str]:
    """The texts of every element at this XPath."""
    return [words(element) for element in page(answer).xpath(path)]


def rows(answer: Any) -> list[str]:
    """The titles of the rows of a list, in order."""
    return all_words(answer, "//tr[@data-row]//strong[1]")


def told(answer: Any) -> list[str]:
    """The sentences above the list."""
    return all_words(answer, "//*[@id='flashes']/p")


def buttons(answer: Any) -> list[str]:
    """The words on every control that acts: buttons and links that look like one."""
    return all_words(answer, "//main//button | //main//a[@role='button']") or all_words(answer, "//button | //a[@role='button']")


def menu(answer: Any) -> dict[str, int]:
    """The filter menu with its counts, in its order."""
    entries = page(answer).xpath("//nav[contains(@class, 'filter-menu')]//a")
    return {words(entry.xpath("./span")[0]): int(words(entry.xpath("./span")[1])) for entry in entries}
