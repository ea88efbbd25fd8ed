"""The debugger's panel: where the run stands, how it got there, and where it stops."""
