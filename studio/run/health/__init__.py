"""The health of a training: what its layers look like from step to step, and what is wrong if it learns badly."""
