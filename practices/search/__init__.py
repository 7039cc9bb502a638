"""What a reader asks for and what is found: query, filters, facets, results, and why each practice matches."""
