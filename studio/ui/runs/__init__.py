"""Runs in the window: the table, the queue, sweeps, and what is done with a training while it goes on."""
