"""How fast the engine is beside other libraries: the work behind ``trenza bench``. Knows no Qt."""
