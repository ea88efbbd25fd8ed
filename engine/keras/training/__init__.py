"""Training: data in batches, steps as programs, and the loop over epochs."""
