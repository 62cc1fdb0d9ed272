"""Reports over what was sent and what came back."""
