"""What comes from files and goes into them: checkpoints, and event files for TensorBoard."""
