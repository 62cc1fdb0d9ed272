"""Which column of an export is what: as a person chose it the last time for this connection, else by the usual names."""

from collections.abc import Mapping, Sequence

from erp import sheets
from erp.connections import Connection
from erp.connectors.sage300.exports import Export

NAME = "readback"


def proposed(connection: Connection, export: Export, header: Sequence[str]) -> dict[str, int]:
    """The column (counted from 0) of each name; a choice of the last time counts where the file has a column so called."""
    last = connection.settings.get(NAME, {}).get(export.slug)
    if last and all(called in header for called in last.values()):
        return {name: header.index(called) for name, called in last.items()}
    return sheets.guess(header, export.names)


def remember(connection: Connection, export: Export, header: Sequence[str], mapping: Mapping[str, int | None]) -> None:
    """Keep what a person chose, by the names of the columns; the caller holds the connection."""
    chosen = {name: header[place] for name, place in mapping.items() if place is not None}
    kept = connection.settings.get(NAME, {})
    if kept.get(export.slug) != chosen:
        connection.settings = connection.settings | {NAME: kept | {export.slug: chosen}}
