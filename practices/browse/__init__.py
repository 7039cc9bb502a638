"""Browsing: filters, and what the pages of each noun show, as finished objects for templates."""
