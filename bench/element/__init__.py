"""The element beside its peers in Chromium: `python -m bench.element`."""
