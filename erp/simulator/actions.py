"""The bookkeeper's deeds by name, with arguments as texts: for the command line and the page."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from typing import Any, get_type_hints

from erp.simulator import bookkeeper
from erp.simulator.company import Company
from erp.simulator.refusals import Refusal

ACTIONS: dict[str, Callable[..., Any]] = {name.replace("_", "-"): getattr(bookkeeper, name) for name in bookkeeper.__all__}
EXAMPLES = {
    "add-customer": "add-customer 'Town of Millbrook' Phone=555-0188",
    "add-job": "add-job 'City of Bayview' 'Library Annex' JobStatus=Awarded",
    "add-vendor": "add-vendor 'Cascade Roofing'",
    "add-employee": "add-employee 'Lee Whitcomb'",
    "add-other-name": "add-other-name 'Petty cash'",
    "add-account": "add-account 'Permits and Fees' CostOfGoodsSold number=5400",
    "add-class": "add-class Labor",
    "add-item": "add-item 09-250 'Construction Income' 'Subcontracts' parent=Fees description='Gypsum Board'",
    "rename": "rename customer 'City of Bayview' 'City of Bayview, ME'",
    "change": "change vendor 'Delgado Electric' Phone=555-0999",
    "delete": "delete item 'Yard:Yard labor'",
    "deactivate": "deactivate job 'City of Bayview:Fire Station 4'",
    "activate": "activate job 'City of Bayview:Fire Station 4'",
    "merge": "merge vendor 'Delgado Electric' 'Northshore Steel Erectors'",
    "edit-estimate": "edit-estimate 1042 memo='approved by phone'",
    "add-estimate-line": "add-estimate-line 1042 'Office:Estimating' 250.00 'Pump truck'",
    "edit-estimate-line": "edit-estimate-line 1042 1 900.00",
    "delete-estimate-line": "delete-estimate-line 1042 2",
    "deactivate-estimate": "deactivate-estimate 1042",
    "delete-estimate": "delete-estimate 1042",
    "duplicate-estimate": "duplicate-estimate 1042",
    "post-cost": "post-cost 'City of Bayview:Fire Station 4' 'Fees:Permit fees' 1800.00 vendor='Granite State Concrete'",
    "prefer": "prefer class_tracking on   (also estimates, sales_tax, multi_currency; closing_date 2026-09-30)",
    "lock": "lock 3175 times=2",
    "unlock": "unlock",
    "set-read-only": "set-read-only on",
    "keep-message-sets": "keep-message-sets 1",
    "limit-iterators": "limit-iterators 2",
    "crash-unsaved": "crash-unsaved",
    "set-zone": "set-zone America/Denver",
    "open-dialog": "open-dialog",
    "close-dialog": "close-dialog",
    "quit-quickbooks": "quit-quickbooks",
    "start-quickbooks": "start-quickbooks",
    "deny": "deny 0x80040420   (deny '' lets it in again)",
    "open-other-file": "open-other-file 'Another Company'",
    "open-own-file": "open-own-file",
    "back-up": "back-up before-trial",
    "restore": "restore before-trial",
}
ON, OFF = ("on", "yes", "true", "1"), ("off", "no", "false", "0")


def perform(company: Company, action: str, given: Sequence[str]) -> Any:
    """Do a deed whose arguments are texts, by position or as name=value; raises Refusal."""
    if action not in ACTIONS:
        raise Refusal(f"There is no action {action!r}.")
    deed = ACTIONS[action]
    signature, hints = inspect.signature(deed), get_type_hints(deed)
    positional, named = _sorted(signature, given)
    try:
        bound = signature.bind(company, *positional, **named)
    except TypeError as error:
        raise Refusal(f"{action}: {error}. Example: {EXAMPLES[action]}") from error
    return deed(*_converted(bound.args, list(signature.parameters), hints), **_named(bound.kwargs, hints))


def needed(action: str) -> set[str]:
    """The names of the arguments a deed cannot do without."""
    parameters = inspect.signature(ACTIONS[action]).parameters.values()
    return {p.name for p in parameters if p.default is p.empty and p.kind is not p.VAR_KEYWORD} - {"company"}


def _sorted(signature: inspect.Signature, given: Sequence[str]) -> tuple[list[str], dict[str, str]]:
    open_ended = any(p.kind is p.VAR_KEYWORD for p in signature.parameters.values())
    positional, named = [], {}
    for text in given:
        name, equals, value = text.partition("=")
        if equals and (name in signature.parameters or (open_ended and name.isidentifier())):
            named[name] = value
        else:
            positional.append(text)
    return positional, named


def _converted(values: Sequence[Any], names: list[str], hints: dict[str, Any]) -> list[Any]:
    return [_value(value, hints.get(name)) for name, value in zip(names, values, strict=False)]


def _named(values: dict[str, Any], hints: dict[str, Any]) -> dict[str, Any]:
    return {name: _value(value, hints.get(name)) for name, value in values.items()}


def _value(value: Any, hint: Any) -> Any:
    if not isinstance(value, str):
        return value
    if hint is int:
        return _integer(value)
    if hint is bool or hint == bool | str:
        return value.lower() in ON if value.lower() in (*ON, *OFF) else value
    return value


def _integer(text: str) -> int:
    try:
        return int(text)
    except ValueError as error:
        raise Refusal(f"{text!r} is not a whole number.") from error
