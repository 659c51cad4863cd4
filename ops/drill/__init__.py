"""The drill: kill one process after another under load, and prove that every accepted article is shown exactly once."""
