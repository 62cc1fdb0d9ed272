"""The kinds of items, one declaration each, in the order of the tabs."""
