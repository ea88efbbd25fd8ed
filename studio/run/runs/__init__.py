"""Runs: trainings that are kept, each in a folder of its own."""
