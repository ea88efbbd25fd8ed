"""Pictures of a graph as files: what is painted, the formats it is written in, and the dialog that asks for them."""
