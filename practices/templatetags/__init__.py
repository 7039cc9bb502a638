"""Template tags, by subject; a template loads what it uses: `{% load wording records %}`."""
