"""A view as one SVG; PNG and PDF from it."""
