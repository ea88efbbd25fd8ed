"""The inspector: the parameters of the selected nodes, and the values of the watched tensor."""
