"""Briefs: what fits on two pages of a country, a role, a search or a list. `content` is the model of a brief."""
