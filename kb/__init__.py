"""Wiring of the site: settings, URLs, WSGI and middleware. What the site is about lives in `practices`."""
