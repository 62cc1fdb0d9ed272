"""Items: one document on its way to one connection."""

from erp.items.item import Item, Snapshot, find, perhaps_there, transient, what_now

__all__ = ["Item", "Snapshot", "find", "perhaps_there", "transient", "what_now"]
