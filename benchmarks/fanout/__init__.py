"""WebSocket fan-out: our gateway beside a bare `websockets` server and python-socketio with its Redis manager."""
