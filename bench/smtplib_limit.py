"""The limit: raw smtplib, one connection, one ready message again and again, nothing recorded.

python -m bench.smtplib_limit PORT COUNT FILE
"""

import smtplib
import sys
from pathlib import Path

from bench.processes import await_start, done


def main() -> None:
    port, count, path = int(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3])
    message = path.read_bytes()
    await_start()
    with smtplib.SMTP("127.0.0.1", port, local_hostname="example.org") as smtp:
        for number in range(count):
            smtp.sendmail("coach@example.org", [f"runner-{number}@example.com"], message)
    done()


if __name__ == "__main__":
    main()
