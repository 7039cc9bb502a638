"""What the pages show, as finished objects for templates: one module for each view, named like it."""
