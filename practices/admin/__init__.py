"""The curators' admin, one module per noun."""
