"""Why a file cannot be read: each fault a class whose sentence names the cure."""


class SheetRefused(Exception):
    """The file cannot be read; `sentence` says why and what to do."""

    sentence = "The file cannot be read."

    def __init__(self, **facts: object) -> None:
        self.sentence = self.sentence.format(**facts)
        super().__init__(self.sentence)


class EmptyFile(SheetRefused):
    """Nothing inside."""

    sentence = "The file is empty. Choose a CSV or XLSX file with a row of column names and rows below it."


class NoRows(SheetRefused):
    """Column names only."""

    sentence = "The file has column names and no rows below them. Check that you saved the right sheet."


class WrongType(SheetRefused):
    """Neither CSV nor a workbook."""

    sentence = "“{name}” is {what}. Save the table as CSV or XLSX and choose that file."


class BinaryFile(SheetRefused):
    """Bytes that are no text."""

    sentence = "“{name}” is not text. Save the table as CSV or XLSX in your spreadsheet program and choose that file."


class Undecodable(SheetRefused):
    """Text in an unknown encoding."""

    sentence = "The letters of “{name}” cannot be read. Save it as “CSV UTF-8” or as XLSX and choose that file."


class TooLarge(SheetRefused):
    """Too many bytes."""

    sentence = "The file has {size} MB; at most 10 MB are read. Leave out sheets and pictures, or split the table."


class UnpacksTooLarge(SheetRefused):
    """A workbook that grows beyond measure."""

    sentence = "The workbook unpacks to more than can be read. Copy the table into a new workbook, or save it as CSV."


class TooManyRows(SheetRefused):
    """Too many rows."""

    sentence = "The table has more than 20,000 rows. Delete rows that are not needed, or split it into several files."


class TooWide(SheetRefused):
    """Too many columns."""

    sentence = "The table has more than 256 columns. Delete the ones that are not needed."


class NoHeader(SheetRefused):
    """Data in the place of column names."""

    sentence = "Row {row} should hold the column names, but it holds “{cell}”. Put a row with column names above the data."


class Protected(SheetRefused):
    """A workbook with a password."""

    sentence = "The workbook is protected with a password. Save a copy without a password, or save it as CSV."


class BrokenWorkbook(SheetRefused):
    """A damaged workbook."""

    sentence = "The workbook is damaged or was only partly saved. Open it in your spreadsheet program and save it again."


class BrokenRow(SheetRefused):
    """A quotation mark that is not closed or not doubled."""

    sentence = ("Line {line}: a quotation mark is not closed, or one inside a quoted text is not doubled. "
                "Save the table as XLSX, or mend that line.")  # fmt: skip
