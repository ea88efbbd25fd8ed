"""``python -m studio`` is ``trenza``."""

from studio.cli import main

main()
