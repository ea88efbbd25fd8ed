"""The open documents as they are worked on: each with its canvas, and what the panels show of it."""
