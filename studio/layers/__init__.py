"""What goes on in the layers of a training: weights, gradients, updates, activations, and what is wrong with them."""
