"""The company itself, deletions and job reports: what may be sent."""

from __future__ import annotations

from erp.simulator.facts.parts import message

HOST_QUERY = message("IncludeListMetaData{IncludeMaxCapacity:flag!} @include")
COMPANY_QUERY = message("@include OwnerID:guid*")
PREFERENCES_QUERY = message("@include")

_DELETED = "DeletedDateRangeFilter{FromDeletedDate:moment ToDeletedDate:moment} @include"
LIST_DEL = message("ListDelType:ListDelType! ListID:id!")
TXN_DEL = message("TxnDelType:TxnDelType! TxnID:id!")
LIST_DELETED_QUERY = message(f"ListDelType:ListDelType+ {_DELETED}")
TXN_DELETED_QUERY = message(f"TxnDelType:TxnDelType+ {_DELETED}")

_ONE_OF = "ListID:id+ | FullName+ | ListIDWithChildren:id! | FullNameWithChildren!"
JOB_REPORT_QUERY = message(
    "JobReportType:JobReportType! DisplayReport:flag"
    " ( ReportPeriod{FromReportDate:date ToReportDate:date}! | ReportDateMacro:ReportDateMacro! )"
    f" ReportAccountFilter{{( AccountTypeFilter:ReportAccountType! | {_ONE_OF} )!}}"
    f" ReportEntityFilter{{( EntityTypeFilter:EntityType! | {_ONE_OF} )!}}"
    f" ReportItemFilter{{( ItemTypeFilter:ReportItemType! | {_ONE_OF} )!}}"
    f" ReportClassFilter{{( {_ONE_OF} )!}} ReportTxnTypeFilter{{TxnTypeFilter:ReportTxnType+}}"
    " ( ReportModifiedDateRangeFilter{FromReportModifiedDate:date ToReportModifiedDate:date}!"
    " | ReportModifiedDateRangeMacro:ReportDateMacro! ) ReportDetailLevelFilter:DetailLevel"
    " ReportPostingStatusFilter:PostingStatus SummarizeColumnsBy:ReportColumns IncludeSubcolumns:flag"
)
