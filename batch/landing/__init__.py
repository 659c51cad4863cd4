"""Bronze: which files have landed, and their rows as text in our columns, whatever dialect a bank sent."""
