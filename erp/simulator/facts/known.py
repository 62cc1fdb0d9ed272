"""The names of all requests of qbXML 13.0; those without a grammar here are refused as unsupported."""

from __future__ import annotations

_ADD_MOD_QUERY = (
    "Account Lead Customer Employee OtherName Vendor Class SalesRep SalesTaxCode ToDo ItemService ItemNonInventory"
    " ItemOtherCharge ItemInventory ItemInventoryAssembly ItemFixedAsset ItemSubtotal ItemDiscount ItemPayment"
    " ItemSalesTax ItemSalesTaxGroup ItemGroup PriceLevel Vehicle WorkersCompCode Currency InventorySite Invoice"
    " Estimate SalesOrder SalesReceipt CreditMemo ReceivePayment Charge PurchaseOrder Bill ItemReceipt VendorCredit"
    " BillPaymentCheck SalesTaxPaymentCheck InventoryAdjustment TimeTracking Check CreditCardCharge CreditCardCredit"
    " JournalEntry Deposit BuildAssembly TransferInventory Transfer DataExtDef"
)
_ADD_QUERY = (
    "StandardTerms DateDrivenTerms CustomerType VendorType JobType CustomerMsg PaymentMethod ShipMethod"
    " PayrollItemWage BillingRate UnitOfMeasureSet BillPaymentCreditCard ARRefundCreditCard VehicleMileage"
)
_QUERY = (
    "Host Company CompanyActivity Preferences AccountTaxLineInfo Entity Terms Item PayrollItemNonWage Template"
    " SalesTaxReturn SalesTaxReturnLine PayrollLastPeriod ReceivePaymentToDeposit BillToPay SalesTaxPayable ListDeleted"
    " TxnDeleted DataEventRecoveryInfo Transaction ItemAssembliesCanBuild ItemSites BarCode GeneralSummaryReport"
    " JobReport TimeReport AgingReport BudgetSummaryReport GeneralDetailReport CustomDetailReport CustomSummaryReport"
    " PayrollDetailReport PayrollSummaryReport"
)
_OTHER = (
    "SpecialAccountAdd SpecialItemAdd Form1099CategoryAccountMappingMod Form1099CategoryAccountMappingQuery ListDel"
    " ListMerge TxnDel TxnVoid ClearedStatusMod ListDisplayAdd ListDisplayMod TxnDisplayAdd TxnDisplayMod"
    " DataEventRecoveryInfoDel DataExtDefDel DataExtAdd DataExtMod DataExtDel"
)

KNOWN: frozenset[str] = frozenset(
    [name + verb for name in _ADD_MOD_QUERY.split() for verb in ("Add", "Mod", "Query")]
    + [name + verb for name in _ADD_QUERY.split() for verb in ("Add", "Query")]
    + [name + "Query" for name in _QUERY.split()]
    + _OTHER.split()
)
