"""Benchmarks, run by hand: each prints a table and compares with a peer or a floor measured in the same run."""
