"""What tests and benchmarks share: the cast, the clock, and real servers."""

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
