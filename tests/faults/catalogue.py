"""Which module injects which fault. Each has TITLE, BOUND and `run(scale, folder) -> Outcome`."""

FAULTS: dict[str, str] = {
    "F1": "tests.faults.kills",
    "F2": "tests.faults.kills_on_sqlite",
    "F3": "tests.faults.redis_kills",
    "F4": "tests.faults.redis_flushes",
    "F5": "tests.faults.redis_absence",
    "F6": "tests.faults.crashes",
    "F7": "tests.faults.deferrals",
    "F8": "tests.faults.refusals",
    "F9": "tests.faults.drops",
    "F10": "tests.faults.doubts",
    "F11": "tests.faults.silence",
    "F12": "tests.faults.poison",
    "F13": "tests.faults.schedulers",
    "F14": "tests.faults.frozen",
    "F15": "tests.faults.clock_jump",
    "F16": "tests.faults.clock_changes",
    "F17": "tests.faults.moving_runners",
    "F18": "tests.faults.disk_full",
    "F19": "tests.faults.outage",
    "F20": "tests.faults.stops",
    "F21": "tests.faults.whole_system",
    "F21b": "tests.faults.whole_system_on_postgresql",
    "F22": "tests.faults.backups",
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
