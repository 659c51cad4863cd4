"""What people use: REST, WebSocket gateway, auth; serves the page."""
