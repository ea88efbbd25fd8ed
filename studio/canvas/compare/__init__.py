"""Two documents side by side: what came, went or changed, on the canvas and in words."""
