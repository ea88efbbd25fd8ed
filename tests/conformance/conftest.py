"""`generate.py` needs TensorFlow, which the project does not depend on."""

collect_ignore = ["generate.py"]
