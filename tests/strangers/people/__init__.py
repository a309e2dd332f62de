"""The strangers: code that knows nothing of this package. It runs under the reference too, and imports no tests."""
