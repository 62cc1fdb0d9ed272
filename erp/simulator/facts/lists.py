"""Accounts, classes and items: what may be sent."""

from __future__ import annotations

from erp.simulator.facts.parts import message

_BARCODE = "BarCode{BarCodeValue:50 AssignEvenIfUsed:flag AllowOverride:flag}"
_ONE_SIDED = "Desc:4095 ( Price:price! | PricePercent:percent! ) AccountRef:ref159"

ACCOUNT_ADD = message(
    "AccountAdd{ Name:31! IsActive:flag ParentRef:ref AccountType:AccountType! AccountNumber:7 BankNumber:25"
    " Desc:200 OpenBalance:amount OpenBalanceDate:date TaxLineID:integer CurrencyRef:ref64 }! @include"
)
ACCOUNT_QUERY = message("( ListID:id+ | FullName+ | @listing AccountType:AccountType* @currency ) @include OwnerID:guid*")
CLASS_ADD = message("ClassAdd{ Name:31! IsActive:flag ParentRef:ref }! @include")
CLASS_QUERY = message("( ListID:id+ | FullName+ | @listing ) @include")

ITEM_QUERY = message("( ListID:id+ | FullName+ | @listing ) @include OwnerID:guid*")
ITEM_SERVICE_QUERY = message("( ListID:id+ | FullName+ | @listing ClassFilter{@family} ) @include OwnerID:guid*")
ITEM_SERVICE_ADD = message(
    f"ItemServiceAdd{{ Name:31! {_BARCODE} IsActive:flag ClassRef:ref159 ParentRef:ref UnitOfMeasureSetRef:ref31"
    f" SalesTaxCodeRef:ref3 ( SalesOrPurchase{{{_ONE_SIDED}}}! | SalesAndPurchase{{ SalesDesc:4095 SalesPrice:price"
    " IncomeAccountRef:ref159 PurchaseDesc:4095 PurchaseCost:price ExpenseAccountRef:ref159 PrefVendorRef:ref41"
    " }! )! ExternalGUID:guid }! @include"
)
ITEM_SERVICE_MOD = message(
    f"ItemServiceMod{{ ListID:id! EditSequence:16! Name:31 {_BARCODE} IsActive:flag ClassRef:ref159 ParentRef:ref"
    " UnitOfMeasureSetRef:ref31 ForceUOMChange:flag SalesTaxCodeRef:ref3"
    f" ( SalesOrPurchaseMod{{{_ONE_SIDED} ApplyAccountRefToExistingTxns:flag}}! | SalesAndPurchaseMod{{"
    " SalesDesc:4095 SalesPrice:price IncomeAccountRef:ref159 ApplyIncomeAccountRefToExistingTxns:flag"
    " PurchaseDesc:4095 PurchaseCost:price ExpenseAccountRef:ref159 ApplyExpenseAccountRefToExistingTxns:flag"
    " PrefVendorRef:ref41 }! ) }! @include"
)
