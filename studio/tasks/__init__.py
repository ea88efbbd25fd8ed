"""Task views: how well the network of a document does what it is to do."""
