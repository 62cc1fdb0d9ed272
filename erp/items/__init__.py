"""Items: one document on its way to one connection."""

from erp.items.item import Item, Snapshot, find, transient

__all__ = ["Item", "Snapshot", "find", "transient"]
