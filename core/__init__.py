"""The booking core: what may be held, by whom, when. No Slack, no HTTP, no wording, no scheduler."""
