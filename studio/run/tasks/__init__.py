"""How well a network does its task: facts of one evaluation of its examples, for the views that show them."""
