"""Eager against lazy: the panel that shows a document as the program that it runs as."""
