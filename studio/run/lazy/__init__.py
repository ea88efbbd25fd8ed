"""Eager against lazy: what passes make of a document's graph, what kernels it runs as, and what that is worth."""
