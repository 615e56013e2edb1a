"""`python -m mailpartner.sandbox`: runs the sandbox until SIGINT or SIGTERM."""

from __future__ import annotations

import sys

from . import missing_extra


def main(arguments: list[str] | None = None) -> int:
    """Run the sandbox; return the exit status, 0 for a clean end, 1 if it cannot run."""
    message = missing_extra()
    if message is not None:
        print(message, file=sys.stderr)
        return 1
    try:
        from .command_line import run

        return run(arguments)
    except KeyboardInterrupt:  # before the sandbox had taken over the signals
        return 0


if __name__ == "__main__":
    sys.exit(main())
