"""The dashboard under load: portfolio health and book from a real gateway and PostgreSQL, beside a bare floor."""
