"""A real Chromium drives the demo and small scripted servers."""
