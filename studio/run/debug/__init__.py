"""The debugger: records a training op by op, stops where it is told to, and goes back and forth in what it has seen."""
