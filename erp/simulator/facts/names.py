"""Customers (and jobs) and vendors: what may be sent."""

from __future__ import annotations

from erp.simulator.facts.parts import message

_SHIP_TO = "ShipToAddress{Name:41! @address DefaultShipTo:flag}*50"
_QUERY = "( ListID:id+ | FullName+ | @listing @balance @currency ClassFilter{@family} ) @include OwnerID:guid*"
_JOB = "JobStatus:JobStatus JobStartDate:date JobProjectedEndDate:date JobEndDate:date JobDesc:99 JobTypeRef:ref159"

CUSTOMER_ADD = message(
    "CustomerAdd{"
    " Name:41! IsActive:flag ClassRef:ref159 ParentRef:ref CompanyName:41 @person BillAddress{@address}"
    f" ShipAddress{{@address}} {_SHIP_TO} @reach @values Contacts{{@contact}}* CustomerTypeRef:ref159 TermsRef:ref31"
    " SalesRepRef:ref5 OpenBalance:amount OpenBalanceDate:date SalesTaxCodeRef:ref3 ItemSalesTaxRef:ref31"
    " ResaleNumber:15 AccountNumber:99 CreditLimit:amount PreferredPaymentMethodRef:ref31 CreditCardInfo{@card}"
    f" {_JOB} Notes:4095 AdditionalNotes{{Note:4095!}}* PreferredDeliveryMethod:PreferredDeliveryMethod"
    " PriceLevelRef:ref31 ExternalGUID:guid CurrencyRef:ref64 }! @include"
)
CUSTOMER_MOD = message(
    "CustomerMod{"
    " ListID:id! EditSequence:16! Name:41 IsActive:flag ClassRef:ref159 ParentRef:ref CompanyName:41 @person"
    f" BillAddress{{@address}} ShipAddress{{@address}} {_SHIP_TO} @reach @values ContactsMod{{ListID:id"
    " EditSequence:16 @contact}*"
    " CustomerTypeRef:ref159 TermsRef:ref31 SalesRepRef:ref5 SalesTaxCodeRef:ref3 ItemSalesTaxRef:ref31"
    " ResaleNumber:15 AccountNumber:99 CreditLimit:amount PreferredPaymentMethodRef:ref31 CreditCardInfo{@card}"
    f" {_JOB} Notes:4095 AdditionalNotesMod{{NoteID:integer! Note:4095!}}*"
    " PreferredDeliveryMethod:PreferredDeliveryMethod PriceLevelRef:ref31 CurrencyRef:ref64 }! @include"
)
CUSTOMER_QUERY = message(_QUERY)

VENDOR_ADD = message(
    "VendorAdd{"
    " Name:41! IsActive:flag ClassRef:ref159 CompanyName:41 @person VendorAddress{@address} ShipAddress{@address}"
    " @reach @values Contacts{@contact}* NameOnCheck:41 AccountNumber:99 Notes:4095 AdditionalNotes{Note:4095!}*"
    " VendorTypeRef:ref159 TermsRef:ref31 CreditLimit:amount VendorTaxIdent:15 IsVendorEligibleFor1099:flag"
    " OpenBalance:amount OpenBalanceDate:date BillingRateRef:ref31 ExternalGUID:guid PrefillAccountRef:ref159*3"
    " CurrencyRef:ref64 }! @include"
)
VENDOR_MOD = message(
    "VendorMod{"
    " ListID:id! EditSequence:16! Name:41 IsActive:flag ClassRef:ref159 CompanyName:41 @person"
    " VendorAddress{@address} ShipAddress{@address} @reach @values ContactsMod{ListID:id EditSequence:16"
    " @contact}* NameOnCheck:41 AccountNumber:99"
    " Notes:4095 AdditionalNotesMod{NoteID:integer! Note:4095!}* VendorTypeRef:ref159 TermsRef:ref31"
    " CreditLimit:amount VendorTaxIdent:15 IsVendorEligibleFor1099:flag BillingRateRef:ref31"
    " PrefillAccountRef:ref159*3 CurrencyRef:ref64 }! @include"
)
VENDOR_QUERY = message(_QUERY)
