"""How much is measured: FULL for the figures of docs/performance.md, SMALL to see that it all runs."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Scale:
    """Counts are of mails, rounds of runs in turn, `tables` of enrollments."""

    name: str
    rounds: int
    plots: bool  # also with three workers
    rate_mails: int
    far_mails: int  # to the far-away server, by us
    far_smtplib_mails: int  # and by smtplib, which gets 170 a second through there
    peer_mails: int
    installs: bool  # the peers' environment, where it is missing
    composed: int
    tables: tuple[int, ...]
    looks: int  # at each of the tables
    claimed: int
    morning_mails: int
    with_beat: bool
    counted_mails: int
    profiled_mails: int


FULL = Scale(
    name="full",
    rounds=5,
    plots=True,
    rate_mails=10_000,
    far_mails=10_000,
    far_smtplib_mails=500,
    peer_mails=10_000,
    installs=True,
    composed=1000,
    tables=(1000, 10_000, 100_000, 1_000_000, 10_000_000),
    looks=7,
    claimed=100_000,
    morning_mails=100_000,
    with_beat=True,
    counted_mails=1000,
    profiled_mails=6000,
)
SMALL = Scale(
    name="small",
    rounds=1,
    plots=False,
    rate_mails=60,
    far_mails=60,
    far_smtplib_mails=20,
    peer_mails=60,
    installs=False,
    composed=20,
    tables=(1000, 2000),
    looks=2,
    claimed=500,
    morning_mails=200,
    with_beat=False,  # it looks every ten seconds
    counted_mails=120,
    profiled_mails=200,
)
