"""`python -m bot.workspace`: the demo. `--port` chooses where it listens."""

from __future__ import annotations

import argparse
import sys

from bot.workspace import demo


def main() -> int:
    """Read the command line and run the demo."""
    parser = argparse.ArgumentParser(prog="python -m bot.workspace", description="A Slack with the bot in it.")
    parser.add_argument("--port", type=int, default=demo.PORT, help=f"default: {demo.PORT}, or any free one")
    return demo.run(port=parser.parse_args().port)


if __name__ == "__main__":
    sys.exit(main())
