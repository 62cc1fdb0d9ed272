"""What QuickBooks returns: the order of elements in each *Ret aggregate."""

from __future__ import annotations

from erp.simulator.facts.parts import message
from erp.simulator.grammar import Content

_LIST = "@stamp Name:31! FullName:159! IsActive:flag"
_SHIP_TO = "ShipToAddress{Name:41! @address DefaultShipTo:flag}*"
_NOTES = "AdditionalNotesRet{NoteID:integer! Date:date! Note:4095!}*"
_LINE = (
    "TxnLineID:id! ItemRef:ref Desc:4095 Quantity:quantity UnitOfMeasure:31 OverrideUOMSetRef:ref31"
    " ( Rate:price! | RatePercent:percent! ) ClassRef:ref159 Amount:amount InventorySiteRef:ref31"
    " InventorySiteLocationRef:ref31 SalesTaxCodeRef:ref3 ( MarkupRate:price! | MarkupRatePercent:percent! )"
    " Other1:29 Other2:29 @extension"
)
_ABOUT_LISTS = " ".join(
    f"{name}MetaData{{MaxCapacity:integer!}}!"
    for name in "Account BillingRate Class CustomerMsg CustomerType Entity Item JobType PaymentMethod PayrollItem"
    " PriceLevel SalesRep SalesTaxCode ShipMethod Template Terms ToDo Vehicle VendorType".split()
)

RETURNED: dict[str, Content] = {
    "HostRet": message(
        "ProductName:255! MajorVersion:5! MinorVersion:5! Country:2 SupportedQBXMLVersion:10+ IsAutomaticLogin:flag"
        f" QBFileMode! ListMetaData{{{_ABOUT_LISTS}}}"
    ),
    "CompanyRet": message(
        "IsSampleCompany:flag! CompanyName:59 LegalCompanyName:59 Address{@address} AddressBlock{@block}"
        " LegalAddress{@address} Phone:51 Email:1023 FirstMonthFiscalYear FirstMonthIncomeTaxYear CompanyType:255"
        " TaxForm @extension"
    ),
    "PreferencesRet": message(
        "AccountingPreferences{IsUsingAccountNumbers:flag! IsRequiringAccounts:flag! IsUsingClassTracking:flag!"
        " IsUsingAuditTrail:flag! IsAssigningJournalEntryNumbers:flag! ClosingDate:date}!"
        " FinanceChargePreferences{GracePeriod:integer! IsAssessingForOverdueCharges:flag! CalculateChargesFrom!"
        " IsMarkedToBePrinted:flag!}!"
        " JobsAndEstimatesPreferences{IsUsingEstimates:flag! IsUsingProgressInvoicing:flag!"
        " IsPrintingItemsWithZeroAmounts:flag!}!"
        " MultiCurrencyPreferences{IsMultiCurrencyOn:flag HomeCurrencyRef:ref64}"
        " MultiLocationInventoryPreferences{IsMultiLocationInventoryAvailable:flag"
        " IsMultiLocationInventoryEnabled:flag}"
        " PurchasesAndVendorsPreferences{IsUsingInventory:flag! DaysBillsAreDue:integer!"
        " IsAutomaticallyUsingDiscounts:flag!}! ReportsPreferences{AgingReportBasis! SummaryReportBasis!}!"
        " SalesAndCustomersPreferences{IsTrackingReimbursedExpensesAsIncome:flag! IsAutoApplyingPayments:flag!"
        " PriceLevels{IsUsingPriceLevels:flag! IsRoundingSalesPriceUp:flag}!}!"
        " SalesTaxPreferences{DefaultItemSalesTaxRef:ref31 PaySalesTax! DefaultTaxableSalesTaxCodeRef:ref3!"
        " DefaultNonTaxableSalesTaxCodeRef:ref3!} TimeTrackingPreferences{FirstDayOfWeek!}"
        " CurrentAppAccessRights{IsAutomaticLoginAllowed:flag! AutomaticLoginUserName:29"
        " IsPersonalDataAccessAllowed:flag!}!"
    ),
    "AccountRet": message(
        f"{_LIST} ParentRef:ref Sublevel:integer! AccountType! SpecialAccountType AccountNumber:7 BankNumber:25"
        " Desc:200 Balance:amount TotalBalance:amount CashFlowClassification CurrencyRef:ref64 @extension"
    ),
    "ClassRet": message(f"{_LIST} ParentRef:ref Sublevel:integer!"),
    "CustomerRet": message(
        "@stamp Name:41! FullName:209! IsActive:flag ClassRef:ref159 ParentRef:ref Sublevel:integer! CompanyName:41"
        f" @person BillAddress{{@address}} BillAddressBlock{{@block}} ShipAddress{{@address}} ShipAddressBlock{{@block}}"
        f" {_SHIP_TO} @reach @values ContactsRet{{@stamp Contact:41 @contact}}* CustomerTypeRef:ref159 TermsRef:ref31"
        " SalesRepRef:ref5 Balance:amount TotalBalance:amount SalesTaxCodeRef:ref3 ItemSalesTaxRef:ref31"
        " ResaleNumber:15 AccountNumber:99 CreditLimit:amount PreferredPaymentMethodRef:ref31 CreditCardInfo{@card}"
        " JobStatus JobStartDate:date JobProjectedEndDate:date JobEndDate:date JobDesc:99 JobTypeRef:ref159"
        f" Notes:4095 {_NOTES} PreferredDeliveryMethod PriceLevelRef:ref31 ExternalGUID:guid CurrencyRef:ref64"
        " @extension"
    ),
    "VendorRet": message(
        "@stamp Name:41! IsActive:flag ClassRef:ref159 CompanyName:41 @person VendorAddress{@address}"
        " VendorAddressBlock{@block} ShipAddress{@address} @reach @values ContactsRet{@stamp Contact:41 @contact}*"
        f" NameOnCheck:41 AccountNumber:99 Notes:4095 {_NOTES} VendorTypeRef:ref159 TermsRef:ref31 CreditLimit:amount"
        " VendorTaxIdent:15 IsVendorEligibleFor1099:flag Balance:amount BillingRateRef:ref31 ExternalGUID:guid"
        " PrefillAccountRef:ref159* CurrencyRef:ref64 @extension"
    ),
    "ItemServiceRet": message(
        "@stamp Name:31! FullName:159! BarCodeValue:50 IsActive:flag ClassRef:ref159 ParentRef:ref Sublevel:integer!"
        " UnitOfMeasureSetRef:ref31 SalesTaxCodeRef:ref3"
        " ( SalesOrPurchase{Desc:4095 ( Price:price! | PricePercent:percent! ) AccountRef:ref159}!"
        " | SalesAndPurchase{SalesDesc:4095 SalesPrice:price IncomeAccountRef:ref159 PurchaseDesc:4095"
        " PurchaseCost:price ExpenseAccountRef:ref159 PrefVendorRef:ref41}! ) ExternalGUID:guid @extension"
    ),
    "EstimateRet": message(
        "TxnID:id! TimeCreated:moment! TimeModified:moment! EditSequence:16! TxnNumber:integer CustomerRef:ref209!"
        " ClassRef:ref159 TemplateRef:ref31 TxnDate:date! RefNumber:11 BillAddress{@address} BillAddressBlock{@block}"
        " ShipAddress{@address} ShipAddressBlock{@block} IsActive:flag PONumber:25 TermsRef:ref31 DueDate:date"
        " SalesRepRef:ref5 FOB:13 Subtotal:amount ItemSalesTaxRef:ref31 SalesTaxPercentage:percent"
        " SalesTaxTotal:amount TotalAmount:amount CurrencyRef:ref64 ExchangeRate:float"
        " TotalAmountInHomeCurrency:amount Memo:4095 CustomerMsgRef:ref101 IsToBeEmailed:flag"
        f" CustomerSalesTaxCodeRef:ref3 Other:29 ExternalGUID:guid EstimateLineRet{{{_LINE}}}* @extension"
    ),
    "ListDeletedRet": message("ListDelType! ListID:id! TimeCreated:moment! TimeDeleted:moment! FullName"),
    "TxnDeletedRet": message("TxnDelType! TxnID:id! TimeCreated:moment! TimeDeleted:moment! RefNumber"),
}
DELETED: dict[str, Content] = {
    "ListDelRs": message("ListDelType ListID:id TimeDeleted:moment FullName"),
    "TxnDelRs": message("TxnDelType TxnID:id TimeDeleted:moment RefNumber"),
}
