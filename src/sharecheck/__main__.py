"""The command `sharecheck`."""

from __future__ import annotations

import sys


def main() -> int:
    """Run the command line; `--version` is answered before anything heavy is loaded."""
    if sys.argv[1:] in (["--version"], ["-V"]):
        from sharecheck import __version__

        sys.stdout.write(f"sharecheck {__version__}\n")
        return 0
    from sharecheck.cli.app import run

    return run()


if __name__ == "__main__":
    sys.exit(main())
