"""The webhook: checks who sends, understands what is sent, and answers 202 once Kafka has it."""
