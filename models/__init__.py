"""Pure machine learning: lists in, lists out. No Ray, HTTP or Kafka."""
