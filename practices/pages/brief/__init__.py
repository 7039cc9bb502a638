"""Briefs: what fits on two pages of a country, a role, a search or a list. `parts` says what a brief is made of."""
