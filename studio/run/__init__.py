"""Running a document: the messages, the engine's process, and the object the window talks to."""
