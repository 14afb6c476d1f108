"""A web site under test control: a real HTTP server on loopback with good and misbehaving pages, which logs each request."""
