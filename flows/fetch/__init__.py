"""Pages from the web: found in feeds and sitemaps, fetched politely, kept as they came, and each only once."""
