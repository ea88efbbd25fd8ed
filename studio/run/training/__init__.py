"""A training in the engine's process: what it obeys while it runs, what it reports, and what it keeps."""
