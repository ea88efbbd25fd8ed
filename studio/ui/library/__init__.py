"""The user's library of functions, as windows see it."""
