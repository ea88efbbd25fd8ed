"""What all panels share: the look, the languages, the actions and the small widgets."""
