"""Webhook accepted -> frame in a WebSocket client, per hop, beside the floor that Spark and the endpoint set."""
