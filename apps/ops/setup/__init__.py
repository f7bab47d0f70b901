"""Setting up: what the machine has, what suits it, what clawdbot.yaml says then.

One set of services under two faces: the first visit in the browser and `clawdbot init`. All but
`engines` and `models` work without Django, before there is a database.
"""
