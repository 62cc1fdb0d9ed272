"""The conversation of an Add: look first when in doubt, write once, compare what came back."""

from typing import Any

from erp.connector import MARKED, Again, Ask, Burned, Doubt, Failed, Later, Next, Outcome, Person, Synced, Work
from erp.connectors.quickbooks import costs, lists, looks, marked, pages
from erp.connectors.quickbooks.errors import BURNED, EMPTY, REFUSED, STALE, human, is_later
from erp.connectors.quickbooks.mapping import MAPPINGS
from erp.connectors.quickbooks.mapping.mapping import Mapping, Query, has_guid, ours
from erp.connectors.quickbooks.mapping.there import candidates, identity, markers_on
from erp.connectors.quickbooks.qbxml import Problem, Reply, Response, Tree, check, message, read, value

NAME_TAKEN = "3100"
LATE = "An earlier try of it has arrived after all. Adopt it, or decide anew; nothing more was sent."


def step(work: Work, answer: str | None) -> Outcome:
    """The next question of an exchange (`answer` None), or what an answer means. Pure."""
    if work.purpose == "refresh" and work.payload["list"].startswith(MARKED):
        return marked.step(work, answer)
    if work.purpose == "refresh":
        return costs.step(work, answer) if work.payload["list"].startswith("costs:") else lists.step(work, answer)
    mapping = MAPPINGS[work.kind]
    if answer is None:
        return _question(work, mapping)
    response = heard(work, answer)
    if not isinstance(response, Response):
        return response
    return _found(work, mapping, response) if "Query" in response.tag else written(work, mapping, response)


def heard(work: Work, answer: str) -> Response | Outcome:
    """The response to what was asked, or what it means that there is none. Raises Unreadable."""
    reply = read(answer)
    if reply.set_code not in ("", "0"):
        return set_status(reply)
    return reply.to(work.key) or Doubt("The answer was empty.")


def _question(work: Work, mapping: Mapping) -> Outcome:
    if work.look and not work.memo.get("absent"):
        return looks.question(work, mapping)
    if work.sent:
        return Again()
    if blocked := mapping.blocked(work):
        return blocked
    return write(work, mapping, mapping.message, mapping.add(work))


def write(work: Work, mapping: Mapping, name: str, tree: Tree) -> Outcome:
    """The write, if our order-and-length check lets it pass."""
    problems = check(name, tree)
    if problems:
        return Failed("field", " ".join(sentence(mapping, problem) for problem in problems[:5]))
    return Ask(message(name, tree, work.key, writes=True), writes=True)


def ask(work: Work, query: Query) -> Ask:
    """A question."""
    return Ask(message(query.name, query.tree, work.key), writes=False)


def sentence(mapping: Mapping, problem: Problem) -> str:
    """What is wrong with a field, in the PM's words."""
    name = problem.path.rpartition("/")[2]
    quoted = f" “{problem.value[:60]}”" if problem.value else ""
    return f"{mapping.labels.get(name, name)}{quoted} {problem.what}."


def set_status(reply: Reply) -> Outcome:
    """What the status of a whole message set means."""
    words = reply.set_message or f"Message set status {reply.set_code}."
    if reply.set_code in BURNED:
        return Burned(words)
    return Failed(reply.set_code, words) if reply.set_code in REFUSED else Doubt(words)


def written(work: Work, mapping: Mapping, response: Response) -> Outcome:
    """What the answer to a write means."""
    code, words = response.code, human(response.message)
    made = next(response.objects(), None)
    if response.severity != "Error" and made is not None:
        return compared(work, mapping, made)
    if is_later(code, response.message):
        return Later(2, words)
    if code == STALE or code in BURNED:
        return Burned(words)
    return Failed(code, words) if code in REFUSED else Doubt(f"{words} (status {code})")


def compared(work: Work, mapping: Mapping, made: Any) -> Outcome:
    """Synced if what is there is what was sent; else a person judges."""
    result, different = mapping.result(made), mapping.differs(work, made)
    return Person(different, result | {"candidates": candidates(work, [made])}) if different else Synced(result)


def _found(work: Work, mapping: Mapping, response: Response) -> Outcome:
    if response.code not in EMPTY and response.severity == "Error":
        return Later(5, human(response.message))
    mine = ours(work, response)
    if mine is not None and (has_guid(work, mine) or not pages.onward(response)):
        return compared(work, mapping, mine)
    if lost := _lost(work, mapping, response):
        return lost
    others = [found for found in response.objects() if identity(found) not in work.seen]
    if late := [found for found in others if markers_on(found, work.old)]:
        return Person(LATE, {"candidates": candidates(work, late)})
    foreign = [found for found in others if mapping.same_name(work, found)]
    shown = [] if mapping.foreign_is_refused else candidates(work, foreign)
    told = looks.told(work, shown, mine, named=bool(foreign))
    return looks.further(work, told, response) or _not_there(work, mapping, told["named"], told.get("candidates", []))


def _lost(work: Work, mapping: Mapping, response: Response) -> Person | None:
    """After a restore: something stands for this that we made and do not remember; it is not made a second time, unless a
    person saw the very thing and sends all the same."""
    unseen = [found for found in response.objects() if identity(found) not in work.seen]
    for found in unseen if work.restored else ():
        carried = ", ".join(sorted(marked.markers(found) - {work.marker}))
        if mapping.stands_for(work, found) and (carried or marked.is_made_guid(value(found, "ExternalGUID"))):
            named = f"Countersign's {carried}" if carried else "an ExternalGUID of Countersign"
            name = value(found, "FullName") or value(found, "Name") or value(found, "RefNumber")
            return Person(
                f"{name} is in QuickBooks with {named}, sent before the database was restored; it is not sent twice.",
                {"candidates": candidates(work, [found])},
            )
    return None


def _not_there(work: Work, mapping: Mapping, foreign: bool, shown: list[dict[str, Any]]) -> Outcome:
    if foreign and mapping.foreign_is_refused:
        return Failed(NAME_TAKEN, "Looked it up: an entry with this name is there that Countersign did not make.")
    if foreign:
        once = {one["result"]["erp_id"]: one for one in shown}
        return Person("An entry with this number is there that does not carry our marker.", {"candidates": list(once.values())})
    if work.sent and work.sent.note:
        return Failed("refused", work.sent.note)
    return Next({"absent": True})
