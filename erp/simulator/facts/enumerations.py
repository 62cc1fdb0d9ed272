"""The closed value lists of the simulated messages."""

from __future__ import annotations


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


ENUMERATIONS: dict[str, frozenset[str]] = {
    "AccountType": _words(
        "AccountsPayable AccountsReceivable Bank CostOfGoodsSold CreditCard Equity Expense FixedAsset Income"
        " LongTermLiability NonPosting OtherAsset OtherCurrentAsset OtherCurrentLiability OtherExpense OtherIncome"
    ),
    "ActiveStatus": _words("ActiveOnly InactiveOnly All"),
    "JobStatus": _words("Awarded Closed InProgress None NotAwarded Pending"),
    "MatchCriterion": _words("StartsWith Contains EndsWith"),
    "Operator": _words("LessThan LessThanEqual Equal GreaterThan GreaterThanEqual"),
    "OptionForPriceRuleConflict": _words("Zero BasePrice"),
    "PreferredDeliveryMethod": _words("None Email Fax"),
    "DateMacro": _words(
        "All Today ThisWeek ThisWeekToDate ThisMonth ThisMonthToDate ThisCalendarQuarter ThisCalendarQuarterToDate"
        " ThisFiscalQuarter ThisFiscalQuarterToDate ThisCalendarYear ThisCalendarYearToDate ThisFiscalYear"
        " ThisFiscalYearToDate Yesterday LastWeek LastWeekToDate LastMonth LastMonthToDate LastCalendarQuarter"
        " LastCalendarQuarterToDate LastFiscalQuarter LastFiscalQuarterToDate LastCalendarYear LastCalendarYearToDate"
        " LastFiscalYear LastFiscalYearToDate NextWeek NextFourWeeks NextMonth NextCalendarQuarter NextCalendarYear"
        " NextFiscalQuarter NextFiscalYear"
    ),
    "ListDelType": _words(
        "Account BillingRate Class Currency Customer CustomerMsg CustomerType DateDrivenTerms Employee InventorySite"
        " ItemDiscount ItemFixedAsset ItemGroup ItemInventory ItemInventoryAssembly ItemNonInventory ItemOtherCharge"
        " ItemPayment ItemSalesTax ItemSalesTaxGroup ItemService ItemSubtotal JobType OtherName PaymentMethod"
        " PayrollItemNonWage PayrollItemWage PriceLevel SalesRep SalesTaxCode ShipMethod StandardTerms ToDo"
        " UnitOfMeasureSet Vehicle Vendor VendorType WorkersCompCode"
    ),
    "TxnDelType": _words(
        "ARRefundCreditCard Bill BillPaymentCheck BillPaymentCreditCard BuildAssembly Charge Check CreditCardCharge"
        " CreditCardCredit CreditMemo Deposit Estimate InventoryAdjustment Invoice ItemReceipt JournalEntry"
        " PurchaseOrder ReceivePayment SalesOrder SalesReceipt SalesTaxPaymentCheck TimeTracking TransferInventory"
        " VehicleMileage VendorCredit"
    ),
    "JobReportType": _words(
        "ItemEstimatesVsActuals ItemProfitability JobEstimatesVsActualsDetail JobEstimatesVsActualsSummary"
        " JobProfitabilityDetail JobProfitabilitySummary"
    ),
    "ReportDateMacro": _words(
        "All Today ThisWeek ThisWeekToDate ThisMonth ThisMonthToDate ThisQuarter ThisQuarterToDate ThisYear"
        " ThisYearToDate Yesterday LastWeek LastWeekToDate LastMonth LastMonthToDate LastQuarter LastQuarterToDate"
        " LastYear LastYearToDate NextWeek NextFourWeeks NextMonth NextQuarter NextYear"
    ),
    "ReportColumns": _words(
        "Account BalanceSheet Class Customer CustomerType Day Employee FourWeek HalfMonth IncomeStatement ItemDetail"
        " ItemType Month Payee PaymentMethod PayrollItemDetail PayrollYtdDetail Quarter SalesRep SalesTaxCode ShipMethod"
        " Terms TotalOnly TwoWeek Vendor VendorType Week Year"
    ),
    "ReportAccountType": _words(
        "AccountsPayable AccountsReceivable AllowedFor1099 APAndSalesTax APOrCreditCard ARAndAP Asset BalanceSheet Bank"
        " BankAndARAndAPAndUF BankAndUF CostOfSales CreditCard CurrentAsset CurrentAssetAndExpense CurrentLiability"
        " Equity EquityAndIncomeAndExpense ExpenseAndOtherExpense FixedAsset IncomeAndExpense IncomeAndOtherIncome"
        " Liability LiabilityAndEquity LongTermLiability NonPosting OrdinaryExpense OrdinaryIncome"
        " OrdinaryIncomeAndCOGS OrdinaryIncomeAndExpense OtherAsset OtherCurrentAsset OtherCurrentLiability"
        " OtherExpense OtherIncome OtherIncomeOrExpense"
    ),
    "ReportItemType": _words(
        "AllExceptFixedAsset Assembly Discount FixedAsset Inventory InventoryAndAssembly NonInventory OtherCharge"
        " Payment Sales SalesTax Service"
    ),
    "ReportTxnType": _words(
        "All ARRefundCreditCard Bill BillPaymentCheck BillPaymentCreditCard BuildAssembly Charge Check CreditCardCharge"
        " CreditCardCredit CreditMemo Deposit Estimate InventoryAdjustment Invoice ItemReceipt JournalEntry"
        " LiabilityAdjustment Paycheck PayrollLiabilityCheck PurchaseOrder ReceivePayment SalesOrder SalesReceipt"
        " SalesTaxPaymentCheck Transfer VendorCredit YTDAdjustment"
    ),
    "EntityType": _words("Customer Employee OtherName Vendor"),
    "DetailLevel": _words("All AllExceptSummary SummaryOnly"),
    "PostingStatus": _words("Either NonPosting Posting"),
}
