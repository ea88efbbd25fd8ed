"""The canvas: a view of the document on which nodes are placed, wired and read.

The scene mirrors the document and holds no truth of its own; gestures and commands hand edits to the history.
"""
