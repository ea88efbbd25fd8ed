"""The frame of the window: the bar at its top, the start page, the dock and the line at its bottom."""
