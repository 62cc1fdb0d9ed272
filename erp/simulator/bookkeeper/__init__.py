"""What a bookkeeper does in QuickBooks while nobody else is looking; every function is one deed on one company.

Lists and transactions are named as people name them: customers and jobs `City of Bayview:Library`, items and accounts
by full name, estimates by number or TxnID. Refusal is raised where QuickBooks would refuse the bookkeeper too.
"""

from __future__ import annotations

from erp.simulator.bookkeeper.costs import post_cost
from erp.simulator.bookkeeper.estimates import (
    add_estimate_line,
    deactivate_estimate,
    delete_estimate,
    delete_estimate_line,
    duplicate_estimate,
    edit_estimate,
    edit_estimate_line,
)
from erp.simulator.bookkeeper.people_and_lists import (
    activate,
    add_account,
    add_class,
    add_customer,
    add_employee,
    add_item,
    add_job,
    add_other_name,
    add_vendor,
    change,
    deactivate,
    delete,
    merge,
    rename,
)
from erp.simulator.bookkeeper.program import (
    back_up,
    close_dialog,
    deny,
    open_dialog,
    open_other_file,
    open_own_file,
    quit_quickbooks,
    restore,
    start_quickbooks,
)
from erp.simulator.bookkeeper.switches import (
    crash_unsaved,
    keep_message_sets,
    limit_iterators,
    lock,
    prefer,
    set_read_only,
    set_zone,
    unlock,
)

__all__ = [
    "add_customer", "add_job", "add_vendor", "add_employee", "add_other_name",
    "add_account", "add_class", "add_item", "rename", "change", "delete",
    "deactivate", "activate", "merge", "edit_estimate", "add_estimate_line", "edit_estimate_line",
    "delete_estimate_line", "deactivate_estimate", "delete_estimate", "duplicate_estimate", "post_cost", "prefer",
    "lock", "unlock", "set_read_only", "keep_message_sets", "limit_iterators", "crash_unsaved", "set_zone",
    "open_dialog", "close_dialog", "quit_quickbooks", "start_quickbooks", "deny", "open_other_file", "open_own_file",
    "back_up", "restore",
]  # fmt: skip
