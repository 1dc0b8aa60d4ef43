"""Which module injects which fault. Each has TITLE, BOUND and `run(scale, folder) -> Outcome`."""

FAULTS: dict[str, str] = {
    "F1": "bench.fault.kills",
    "F2": "bench.fault.kills_on_sqlite",
    "F3": "bench.fault.redis_kills",
    "F4": "bench.fault.redis_flushes",
    "F5": "bench.fault.redis_absence",
    "F6": "bench.fault.crashes",
    "F7": "bench.fault.deferrals",
    "F8": "bench.fault.refusals",
    "F9": "bench.fault.drops",
    "F10": "bench.fault.doubts",
    "F11": "bench.fault.silence",
    "F12": "bench.fault.poison",
    "F13": "bench.fault.schedulers",
    "F14": "bench.fault.frozen",
    "F15": "bench.fault.clock_jump",
    "F16": "bench.fault.clock_changes",
    "F17": "bench.fault.moving_runners",
    "F18": "bench.fault.disk_full",
    "F19": "bench.fault.outage",
    "F20": "bench.fault.stops",
    "F21": "bench.fault.whole_system",
    "F21b": "bench.fault.whole_system_on_postgresql",
    "F22": "bench.fault.backups",
}

# Faults of one database alone; the others may be injected on PostgreSQL and on SQLite.
ONLY_ON = {
    "F1": "postgresql",
    "F2": "sqlite",
    "F6": "postgresql",
    "F18": "sqlite",
    "F21": "sqlite",
    "F21b": "postgresql",
}
