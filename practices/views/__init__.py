"""Pages, one module per family. A view translates HTTP: what it shows comes from `pages`, how from a template."""
