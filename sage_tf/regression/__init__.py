"""Data to laws: expressions with exact constants."""
