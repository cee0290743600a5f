"""Values and rules: dates, claims, events, status. No file, no web, no drawing."""
