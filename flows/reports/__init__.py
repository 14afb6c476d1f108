"""Pages about the warehouse, for people: claims, data quality, and Great Expectations' own Data Docs."""
