"""The messages we use: order and lengths of their fields, as facts of the qbXML 13.0 reference (US edition).

Only fields that Countersign fills stand here, always in the order QuickBooks demands. A name with `!` is required,
with `*` it may repeat, with `|` it may be mixed with the field before it; a number is the largest length in characters, a
word the shape of the value.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Field:
    """One element: its name, what it may hold, and the fields below it."""

    name: str
    most: int = 0
    shape: str = "text"
    required: bool = False
    repeats: bool = False
    beside: bool = False
    below: tuple["Field", ...] = ()


def _field(spec: str, *below: Field) -> Field:
    name, _, rest = spec.partition(" ")
    most = int(rest) if rest.isdigit() else 0
    shape = rest if rest and not most else "text"
    plain = name.strip("!*|")
    return Field(plain, most, shape, required="!" in name, repeats="*" in name, beside="|" in name, below=below)


def _fields(*specs: str | Field) -> tuple[Field, ...]:
    return tuple(spec if isinstance(spec, Field) else _field(spec) for spec in specs)


def _ref(name: str, most: int = 209) -> Field:
    return _field(name, *_fields("ListID 36", f"FullName {most}"))


_ADDRESS = _fields("Addr1 41", "Addr2 41", "Addr3 41", "Addr4 41", "Addr5 41", "City 31", "State 21", "PostalCode 13",
                   "Country 31", "Note 41")  # fmt: skip
_LIST_FILTER = ("MaxReturned integer", "ActiveStatus", "FromModifiedDate time", "IncludeRetElement* 50")
_VENDOR: tuple[str | Field, ...] = (
    "CompanyName 41", "FirstName 25", "LastName 25", _field("VendorAddress", *_ADDRESS), "Phone 21", "Fax 21", "Email 1023",
    "Notes 4095", "VendorTaxIdent 15",
)  # fmt: skip

MESSAGES: dict[str, tuple[Field, ...]] = {
    "HostQueryRq": (),
    "CustomerQueryRq": _fields("ListID* 36", "FullName* 209", *_LIST_FILTER),
    "VendorQueryRq": _fields("ListID* 36", "FullName* 41", *_LIST_FILTER),
    "AccountQueryRq": _fields("ListID* 36", "FullName* 159", *_LIST_FILTER),
    "ClassQueryRq": _fields("ListID* 36", "FullName* 159", *_LIST_FILTER),
    "ItemQueryRq": _fields("ListID* 36", "FullName* 159", *_LIST_FILTER),
    "ItemServiceQueryRq": _fields("ListID* 36", "FullName* 159", *_LIST_FILTER),
    "ListDeletedQueryRq": _fields(
        "ListDelType!*", _field("DeletedDateRangeFilter", *_fields("FromDeletedDate time"))),
    "CustomerAddRq": _fields(
        _field("CustomerAdd!", *_fields(
            "Name! 41", _ref("ParentRef"), _field("BillAddress", *_ADDRESS), "AccountNumber 99", "JobStatus",
            "JobDesc 99", "Notes 4095", "ExternalGUID guid"))),
    "CustomerModRq": _fields(
        _field("CustomerMod!", *_fields(
            "ListID! 36", "EditSequence! 16", "Name 41", _field("BillAddress", *_ADDRESS), "AccountNumber 99", "Notes 4095"))),
    "VendorAddRq": _fields(
        _field("VendorAdd!", *_fields(
            "Name! 41", *_VENDOR, "ExternalGUID guid"))),
    "VendorModRq": _fields(
        _field("VendorMod!", *_fields(
            "ListID! 36", "EditSequence! 16", "Name 41", *_VENDOR))),
    "ItemServiceAddRq": _fields(
        _field("ItemServiceAdd!", *_fields(
            "Name! 31", _ref("ParentRef"), _ref("SalesTaxCodeRef", 3),
            _field("SalesAndPurchase!", *_fields(
                "SalesDesc 4095", _ref("IncomeAccountRef!", 159), "PurchaseDesc 4095", _ref("ExpenseAccountRef!", 159))),
            "ExternalGUID guid"))),
    "ItemServiceModRq": _fields(
        _field("ItemServiceMod!", *_fields(
            "ListID! 36", "EditSequence! 16", "Name 31", _ref("ParentRef"),
            _field("SalesAndPurchaseMod", *_fields("SalesDesc 4095", "PurchaseDesc 4095"))))),
    "EstimateAddRq": _fields(
        _field("EstimateAdd!", *_fields(
            _ref("CustomerRef!"), "TxnDate date", "RefNumber 11", "Memo 4095", "ExternalGUID guid",
            _field("EstimateLineAdd!*", *_fields(
                _ref("ItemRef"), "Desc 4095", "Amount amount", _ref("SalesTaxCodeRef", 3), "Other2 29"))))),
    "EstimateModRq": _fields(
        _field("EstimateMod!", *_fields(
            "TxnID! 36", "EditSequence! 16", "Memo 4095",
            _field("EstimateLineMod*", *_fields(
                "TxnLineID! 36", _ref("ItemRef"), "Desc 4095", "Amount amount", _ref("SalesTaxCodeRef", 3), "Other2 29")),
            _field("EstimateLineGroupMod*|", *_fields("TxnLineID! 36"))))),
    "EstimateQueryRq": _fields(
        "TxnID* 36", "MaxReturned integer", _field("ModifiedDateRangeFilter", *_fields("FromModifiedDate time")),
        _field("EntityFilter", *_fields("ListID* 36")), "IncludeLineItems boolean"),
    "JobReportQueryRq": _fields(
        "JobReportType! 40", "DisplayReport boolean", "ReportDateMacro", _field("ReportEntityFilter", *_fields("ListID* 36"))),
}  # fmt: skip
