"""Running programs: tensors, variables, the eager interpreter, gradient tapes, and compiled functions."""
