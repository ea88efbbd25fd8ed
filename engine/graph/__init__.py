"""Graphs: immutable programs made of op records, how they are traced, differentiated and rewritten."""
