"""How Chromium is started for tests: it shows pages, and does nothing else."""

__all__ = ["FLAGS"]

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
