"""Which module injects which fault. Each has TITLE, BOUND and `run(scale, folder) -> Outcome`."""

FAULTS: dict[str, str] = {
}
