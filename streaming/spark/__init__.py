"""The streaming job's inside: the SQL plan, its schemas, and the JVM function that calls the endpoint."""
