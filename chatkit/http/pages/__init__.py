"""The full-page chat: its options, and the files that make it (`index.html`, `page.js`, `page.css`)."""

from chatkit.http.pages.options import PageOptions, StartPrompt

__all__ = ["PageOptions", "StartPrompt"]
