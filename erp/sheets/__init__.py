"""Reading CSV and XLSX tables with a mapping, and writing them safe for people."""

from erp.sheets.amounts import MOST, AmountRefused, amount, plain
from erp.sheets.columns import Wanted, guess
from erp.sheets.reading import read
from erp.sheets.refusals import SheetRefused
from erp.sheets.sheet import MOST_BYTES, MOST_ROWS, Row, Sheet
from erp.sheets.writing import csv_bytes, xlsx_bytes

__all__ = ["MOST", "MOST_BYTES", "MOST_ROWS", "AmountRefused", "Row", "Sheet", "SheetRefused", "Wanted", "amount",
           "csv_bytes", "guess", "plain", "read", "xlsx_bytes"]  # fmt: skip
