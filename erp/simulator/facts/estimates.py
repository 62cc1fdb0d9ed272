"""Estimates: what may be sent."""

from __future__ import annotations

from erp.simulator.facts.parts import message

_SITES = "InventorySiteRef:ref31 InventorySiteLocationRef:ref31"
_EXTENSION = "DataExt{OwnerID:guid! DataExtName:31! DataExtValue!}*"
_HEAD = "TemplateRef:ref31 TxnDate:date RefNumber:11 BillAddress{@address} ShipAddress{@address} IsActive:flag"
_TERMS = "PONumber:25 TermsRef:ref31 DueDate:date SalesRepRef:ref5 FOB:13 ItemSalesTaxRef:ref31 Memo:4095"
_TAIL = "CustomerMsgRef:ref101 IsToBeEmailed:flag CustomerSalesTaxCodeRef:ref3 Other:29 ExchangeRate:float"
_PRICE = "( Rate:price! | RatePercent:percent! ) ClassRef:ref159 Amount:amount"
_MARKUP = "( MarkupRate:price! | MarkupRatePercent:percent! | PriceLevelRef:ref31! )"
_RULE = f"OptionForPriceRuleConflict:OptionForPriceRuleConflict {_SITES} SalesTaxCodeRef:ref3 {_MARKUP}"
_LINE_MOD = (
    "EstimateLineMod{ TxnLineID:id! ItemRef:ref Desc:4095 Quantity:quantity UnitOfMeasure:31 OverrideUOMSetRef:ref31"
    f" {_PRICE} {_RULE} Other1:29 Other2:29 }}"
)

ESTIMATE_ADD = message(
    f"EstimateAdd{{ CustomerRef:ref209! ClassRef:ref159 {_HEAD} {_TERMS} {_TAIL} ExternalGUID:guid"
    f" ( EstimateLineAdd{{ ItemRef:ref Desc:4095 Quantity:quantity UnitOfMeasure:31 {_PRICE} {_RULE}"
    f" OverrideItemAccountRef:ref159 Other1:29 Other2:29 {_EXTENSION} }}!"
    f" | EstimateLineGroupAdd{{ ItemGroupRef:ref31! Quantity:quantity UnitOfMeasure:31 {_SITES} {_EXTENSION} }}!"
    " )+ }! @include"
)
ESTIMATE_MOD = message(
    "EstimateMod{ TxnID:id! EditSequence:16! CustomerRef:ref209 ClassRef:ref159"
    f" {_HEAD} CreateChangeOrder:flag {_TERMS} {_TAIL}"
    f" ( {_LINE_MOD}! | EstimateLineGroupMod{{ TxnLineID:id! ItemGroupRef:ref31 Quantity:quantity UnitOfMeasure:31"
    f" OverrideUOMSetRef:ref31 {_LINE_MOD}* }}! )* }}! @include"
)
ESTIMATE_QUERY = message(
    "( TxnID:id+ | RefNumber+ | RefNumberCaseSensitive+ | MaxReturned:integer"
    " ( ModifiedDateRangeFilter{FromModifiedDate:moment ToModifiedDate:moment}!"
    " | TxnDateRangeFilter{( FromTxnDate:date ToTxnDate:date | DateMacro:DateMacro! )}! )"
    " EntityFilter{@family} AccountFilter{@family}"
    " ( RefNumberFilter{MatchCriterion:MatchCriterion! RefNumber!}! | RefNumberRangeFilter{FromRefNumber ToRefNumber}! )"
    " @currency ) IncludeLineItems:flag IncludeLinkedTxns:flag @include OwnerID:guid*"
)
