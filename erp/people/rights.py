"""Who may do what: the 38 actions of the rights matrix, and our own, as one table.

Source: the permissions matrix of the third seed. The icon for "this level plus a further requirement" did not survive
there; where a row or another seed names a condition, that condition is the requirement (see `note`).
"""

from dataclasses import dataclass

from erp.people.user import CREATE_PROJECT, PUSH, SEND_BUDGETS, Level

ITEM_TOOL = "the tool where the item lives"
NOBODY = Level.ADMIN + 1


@dataclass(frozen=True)
class Right:
    """One row: the level needed on a tool, further needs, and where the decision comes from.

    `grid` names the column of the approver grid that can narrow the row; `granular` a right that replaces the level;
    `admin_on` tools of which one must be held as Admin too.
    """

    title: str
    tool: str
    level: int
    privilege: str = ""
    grid: str = ""
    granular: str = ""
    owner: bool = False
    anyone: bool = False
    note: str = ""
    admin_on: tuple[str, ...] = ()


_DECIDE = "The matrix shows only Admin; the seeds with words say Standard or Admin with the privilege, and they win."
_SEND = "Admin on the tool where the item is located; nothing on ERP Integrations."


def _decide(what: str) -> Right:
    return Right(f"Accept or Reject {what} for Export to ERP", "erp", Level.STANDARD, PUSH, "export", note=_DECIDE)


def _erp(title: str, level: Level, privilege: str = "", grid: str = "", note: str = "") -> Right:
    return Right(title, "erp", level, privilege, grid, note=note)


MATRIX: dict[str, Right] = {
    "decide_cost_code": _decide("Cost Codes"),
    "decide_owner_invoice": _decide("Owner Invoices"),
    "decide_subcontractor_invoice": _decide("Subcontractor Invoices"),
    "decide_budget": _decide("a Budget"),
    "decide_cco": _decide("a CCO"),
    "decide_commitment": _decide("a Commitment"),
    "decide_company": _decide("a Company"),
    "decide_pcco": _decide("a PCCO"),
    "decide_job": _decide("a Project"),
    "decide_sub_job": _decide("a Sub Job"),
    "add_project": _erp("Add a Project to your ERP System", Level.STANDARD, PUSH,
                        note="Also Admin on the project's Project Admin tool (product.md section 6)."),
    "add_company": _erp("Add an ERP Company to the Company Directory", Level.STANDARD, grid="import"),
    "add_job": _erp("Add an ERP Job as a project", Level.ADMIN, grid="import"),
    "archive_company": _erp("Archive an ERP Company", Level.STANDARD, grid="import"),
    "default_cost_types": _erp("Assign Default Cost Types To ERP Standard Cost Codes", Level.STANDARD),
    "configure": _erp("Configure Advanced Settings: ERP Integrations", Level.ADMIN),
    "schedule": _erp("Configure the Sync Schedule for your ERP Integration", Level.ADMIN),
    "direct_exports": _erp("Enable or Disable ERP Direct Exports", Level.ADMIN, PUSH,
                           note="Needs the privilege too (product.md section 6)."),
    "import_budget": _erp("Import a Budget from ERP", Level.STANDARD, grid="import"),
    "import_prime_contract": _erp("Import a Prime Contract from an Integrated ERP System", Level.STANDARD, grid="import"),
    "import_sub_job": _erp("Import an ERP Sub Job to a Project", Level.STANDARD, grid="import"),
    "link_company": _erp("Link ERP Companies to Companies of the Directory", Level.ADMIN),
    "refresh_companies": _erp("Refresh the Companies List for ERP", Level.ADMIN),
    "refresh_project_codes": _erp("Refresh the Cost Codes on an ERP Integrated Project", Level.ADMIN),
    "send": Right("Send, Retrieve, or Resend Items to ERP Integrations for Accounting Acceptance", ITEM_TOOL,
                  Level.ADMIN, granular=SEND_BUDGETS, note=_SEND + " The granular right counts for budgets only."),
    "sync_job_costs": _erp("Sync Job Cost Transactions from an Integrated ERP", Level.ADMIN),
    "sync_payments": _erp("Sync Paid Invoice Notifications from ERP", Level.ADMIN),
    "unlink_cco": _erp("Unlink CCOs Synced with ERP", Level.STANDARD, PUSH),
    "unlink_commitment": _erp("Unlink Commitments Synced with ERP", Level.STANDARD, PUSH),
    "unlink_owner_invoice": _erp("Unlink Owner Invoices Synced with ERP", Level.STANDARD, PUSH),
    "unlink_pcco": _erp("Unlink PCCOs Synced with ERP", Level.STANDARD, PUSH),
    "unlink_subcontractor_invoice": _erp("Unlink Subcontractor Invoices Synced with ERP", Level.STANDARD, PUSH),
    "unlink_company": _erp("Unlink a Company Synced with ERP", Level.STANDARD),
    "view_sub_jobs": _erp("View a List of Synced Sub Jobs", Level.STANDARD,
                          note="Also Directory Admin, or Directory Standard with Create New Project."),
    "accountant_report": _erp("View an Accountant Report for ERP", Level.ADMIN),
    "job_costs_report": _erp("View an ERP Job Costs Report", Level.ADMIN,
                             note="Company level. Project level: Reports Read Only and Admin on Budget or Prime Contract."),
    "unsyncable_report": Right("View an ERP Unsyncable Direct Costs Report", "reports", Level.READ,
                               note="Also Admin on the project's Budget or Prime Contracts tool; nothing on ERP."),
    "view_archived_companies": _erp("View the Archived Companies List for ERP", Level.STANDARD),
}  # fmt: skip
"""The 38 actions of the third seed, in its order."""

OURS: dict[str, Right] = {
    "public": Right("Open a page that needs no login", "", Level.NONE, anyone=True),
    "signed_in": Right("Use the product", "", Level.NONE),
    "view_desk": _erp("See the ERP Integrations tool", Level.READ),
    "ask_for_right": _erp("Ask for the right to approve", Level.STANDARD, note="Absent for whoever holds the privilege."),
    "decide": _erp("Decide about items", Level.STANDARD, PUSH),
    "send_again": _erp(
        "Send an item of unknown outcome again",
        Level.ADMIN,
        PUSH,
        "export",
        note="It may be in accounting twice afterwards, so both are needed, and a reason. Adopting what is there "
        "writes nothing into accounting: it is a decision as any other, for who may accept the kind.",
    ),
    "verify_item": _erp("Verify an item with accounting", Level.STANDARD, note="It only reads, as imports do."),
    "verify_all": _erp("Verify everything with accounting", Level.ADMIN, note="A refresh over everything that is synced."),
    "manage_connections": _erp("Create connections and see their health", Level.ADMIN),
    "import_records": _erp("Bring in what exists only in accounting", Level.STANDARD, note="The kind's own row decides each."),
    "archive_job": _erp("Archive an ERP Job", Level.STANDARD, grid="import", note="As a company (product.md section 1)."),
    "link_job": _erp("Link ERP Jobs to Projects", Level.ADMIN, note="As companies (product.md section 1)."),
    "add_cost_code": _erp(
        "Add an ERP Item to the Standard Cost Codes",
        Level.STANDARD,
        grid="import",
        note="Imports: Standard or Admin, no privilege (product.md section 1).",
    ),
    "archive_cost_code": _erp("Archive an ERP Item", Level.STANDARD, grid="import", note="As a company (product.md section 1)."),
    "link_cost_code": _erp("Link ERP Items to Standard Cost Codes", Level.ADMIN, note="As companies (product.md section 1)."),
    "archive_sub_job": _erp("Archive an ERP Sub Job", Level.STANDARD, grid="import", note="As a company (product.md section 1)."),
    "link_sub_job": _erp("Link ERP Sub Jobs to Sub Jobs", Level.ADMIN, note="As companies (product.md section 1)."),
    "refresh_lists": _erp("Refresh the lists of a connection", Level.ADMIN),
    "read_back": _erp("Read back what Sage exported", Level.ADMIN, note="A refresh of lists and a sync of job costs in one."),
    "create_project": Right("Create a project", "directory", Level.ADMIN, granular=CREATE_PROJECT),
    "view_project": Right("See a project", "project_admin", Level.READ),
    "edit_project": Right("Edit a project and its team", "project_admin", Level.ADMIN),
    "view_budget": Right("See a budget", "budget", Level.READ),
    "edit_budget": Right("Edit, import and lock a budget", "budget", Level.STANDARD),
    "unlock_budget": Right("Unlock a budget", "budget", Level.ADMIN),
    "approve_budget_change": Right("Approve and void budget changes", "budget", Level.ADMIN),
    "project_job_costs": Right(
        "View the ERP Job Costs report of a project",
        "reports",
        Level.READ,
        admin_on=("budget", "prime_contracts"),
        note="Nothing on ERP (product.md section 7).",
    ),
    "view_cost_codes": Right("See standard cost codes", "company_admin", Level.READ),
    "edit_cost_codes": Right("Edit and import standard cost codes", "company_admin", Level.STANDARD),
    "view_companies": Right("See the companies of the Directory", "directory", Level.READ),
    "edit_companies": Right("Add and edit companies", "directory", Level.STANDARD),
    "unlink_budget": _erp(
        "Unlink a Budget Synced with ERP", Level.ADMIN, PUSH, note="ERP Admin with the privilege (product.md section 3)."
    ),
    "unlink": _erp("Unlink what is synced", Level.STANDARD, note="The kind's own row decides each."),
    "unlink_job": _erp("Unlink a Project Synced with ERP", Level.ADMIN, PUSH, note="As a budget (product.md section 3)."),
    "unlink_sub_job": _erp("Unlink a Sub Job Synced with ERP", Level.ADMIN, PUSH, note="As a budget (product.md section 3)."),
    "unlink_cost_code": _erp("Unlink a Cost Code Synced with ERP", Level.ADMIN, PUSH, note="As a budget (product.md section 3)."),
    "force_unlink": _erp(
        "Unlink without accounting's word that it is gone",
        Level.ADMIN,
        note="Beside the kind's own row; with a reason, audited (product.md section 3).",
    ),
    "attach": Right("Attach files to a document, and remove them", ITEM_TOOL, Level.STANDARD),
    "manage_people": Right("Manage people", "directory", Level.ADMIN, owner=True),
    "read_outbox": Right("Read the development inbox", "", Level.NONE, note="Only where no mail server is configured."),
}
"""What the matrix does not name."""

RIGHTS: dict[str, Right] = MATRIX | OURS
