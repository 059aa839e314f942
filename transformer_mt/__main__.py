"""`tmt`, and `python -m transformer_mt`: from the first import to the exit code."""

import sys

_CTRL_C = 130


def main() -> None:
    """Run `tmt`; what a user can cause ends in a message and an exit code, not in a traceback."""
    try:
        from transformer_mt.cli import main as run
    except KeyboardInterrupt:  # `run` takes over the signals, but is not there yet
        print("\nStopped.", file=sys.stderr)
        sys.exit(_CTRL_C)
    run()


if __name__ == "__main__":
    main()
