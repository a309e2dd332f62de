"""Open ChatKit: a self-hosted chat server and interface whose widgets the server drives.

The public modules are `chatkit.types`, `chatkit.widgets`, `chatkit.actions`, `chatkit.server`, `chatkit.store`,
`chatkit.stores`, `chatkit.agents`, `chatkit.http` and `chatkit.testing`. Importing this package imports none of them.
"""

from chatkit.version import __version__

__all__ = ["__version__"]
