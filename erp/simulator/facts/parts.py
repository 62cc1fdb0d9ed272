"""Groups of elements that many messages share."""

from __future__ import annotations

from erp.simulator.grammar import Content, grammar

GROUPS: dict[str, Content] = {}


def _group(name: str, text: str) -> None:
    GROUPS[name] = grammar(text, GROUPS)


_group("address", "Addr1:41 Addr2:41 Addr3:41 Addr4:41 Addr5:41 City:31 State:21 PostalCode:13 Country:31 Note:41")
_group("block", "Addr1:41 Addr2:41 Addr3:41 Addr4:41 Addr5:41")
_group("person", "Salutation:15 FirstName:25 MiddleName:5 LastName:25 JobTitle:41")
_group("reach", "Phone:21 AltPhone:21 Fax:21 Email:1023 Cc:1023 Contact:41 AltContact:41")
_group("value", "ContactName:40! ContactValue:255!")
_group("values", "AdditionalContactRef{@value}*8")
_group("contact", "Salutation:15 FirstName:25! MiddleName:5 LastName:25 JobTitle:41 AdditionalContactRef{@value}*5")
_group(
    "card",
    "CreditCardNumber:25 ExpirationMonth:integer ExpirationYear:integer NameOnCard:41 CreditCardAddress:41"
    " CreditCardPostalCode:41",
)
_group("stamp", "ListID:id! TimeCreated:moment! TimeModified:moment! EditSequence:16!")
_group("extension", "DataExtRet{OwnerID:guid DataExtName:31! DataExtType! DataExtValue!}*")
_group("include", "IncludeRetElement:50*")
_group(
    "listing",
    "MaxReturned:integer ActiveStatus:ActiveStatus FromModifiedDate:moment ToModifiedDate:moment"
    " ( NameFilter{MatchCriterion:MatchCriterion! Name!} | NameRangeFilter{FromName ToName} )",
)
_group("balance", "TotalBalanceFilter{Operator:Operator! Amount:amount!}")
_group("currency", "CurrencyFilter{( ListID:id+ | FullName:64+ )!}")
_group("family", "( ListID:id+ | FullName+ | ListIDWithChildren:id! | FullNameWithChildren! )!")


def message(text: str) -> Content:
    """A grammar that may use the shared groups."""
    return grammar(text, GROUPS)
