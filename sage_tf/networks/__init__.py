"""Networks back in Sage: exact, certified, drawn."""
