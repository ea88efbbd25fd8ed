"""Compiling: from a graph to a plan, a list of kernels over preallocated buffers."""
