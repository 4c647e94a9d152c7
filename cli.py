"""Runs patrolplan from a checkout without installing it."""

from patrolplan.cli import main

if __name__ == "__main__":
    main()
