"""The hello app as a process of its own, for tests of the demo: settings come from the environment."""

from __future__ import annotations

import os
import sys

from slack_bolt import App
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_sdk import WebClient

if "die" in sys.argv:
    sys.exit("TIMEZONE: no such place")

client = WebClient(os.environ["SLACK_BOT_TOKEN"], base_url=os.environ["SLACK_API_URL"])
app = App(client=client)


@app.command("/gpu")
def command(ack: object) -> None:
    ack("hello from a process of my own")  # type: ignore[operator]


SocketModeHandler(app, os.environ["SLACK_APP_TOKEN"]).start()
