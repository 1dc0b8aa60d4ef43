"""The module of each fault; it holds a Fault (report.py) under the fault's name."""

from importlib import import_module

from tests.faults.report import Fault

FAULTS: dict[str, str] = {
    "F1": "worker_faults",
    "F2": "worker_faults",
    "F3": "redis_loss",
    "F4": "redis_loss",
    "F5": "redis_absence",
    "F6": "crashes",
    "F7": "smtp_refusals",
    "F8": "smtp_refusals",
    "F9": "smtp_breaks",
    "F10": "smtp_breaks",
    "F11": "smtp_breaks",
    "F12": "poison",
    "F13": "worker_faults",
    "F14": "worker_faults",
    "F15": "clock_jump",
    "F16": "clock_changes",
    "F17": "moving_runners",
    "F18": "disk_full",
    "F19": "outage",
    "F20": "worker_faults",
    "F21": "whole_system",
    "F21a": "whole_system",
    "F21b": "whole_system",
    "F22": "backups",
    "A4": "flood",
    "A12": "told_in_time",
}

# Faults of one database alone; the others may be injected on PostgreSQL and on SQLite.
ONLY_ON = {
    "F1": "postgresql",
    "F2": "sqlite",
    "F6": "postgresql",
    "F18": "sqlite",
    "F21": "sqlite",
    "F21a": "sqlite",
    "F21b": "postgresql",
}


def fault(name: str) -> Fault:
    found: Fault = getattr(import_module(f"tests.faults.{FAULTS[name]}"), name)
    return found
