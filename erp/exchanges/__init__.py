"""Exchanges: pieces of work with accounting, handed out, journalled and settled exactly once (see docs/engine.md)."""
