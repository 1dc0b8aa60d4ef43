"""The start of Runner Reset: `bin/dev`, with nothing installed but Python, and the container image.

bin/dev runs the web, a worker, beat, a Redis and a mail inbox under honcho, which stops them together. The
container image shares beat's liveness file and the generated secrets.
"""
