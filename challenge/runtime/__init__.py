"""All of Runner Reset on one small machine, with nothing installed but Python: `bin/dev`.

honcho runs the web, a worker, beat, a Redis and a mail inbox, and stops them together. What the
container image shares with it (beat's sign of life, keys that are made once) lies here too.
"""
