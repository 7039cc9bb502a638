"""Pages, one module per family. A view translates HTTP: what it shows comes from `browse`, how from a template."""
