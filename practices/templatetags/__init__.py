"""Template tags of the knowledge base, built into every template (see settings)."""
