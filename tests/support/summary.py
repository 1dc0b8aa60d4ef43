"""Say how many tests ran on each database, how long they took and what was left out; fail when nothing may
be left out.

python -m tests.support.summary var/tests-sqlite.xml var/tests-postgresql.xml ...
"""

import os
import sys
from collections import Counter
from pathlib import Path
from xml.etree import ElementTree

SLOWEST = 30


def main(arguments: list[str]) -> int:
    left_out: Counter[str] = Counter()
    seconds: Counter[str] = Counter()
    passed = failed = 0
    for path in map(Path, arguments):
        cases = list(ElementTree.parse(path).iter("testcase"))
        skips = [skip for case in cases for skip in case.iter("skipped")]
        bad = sum(case.find("failure") is not None or case.find("error") is not None for case in cases)
        name = path.stem.removeprefix("tests-")
        ran = len(cases) - len(skips)
        print(f"{name}: {ran} tests ran, {bad} failed, {len(skips)} left out{took(path)}")
        left_out.update(f"{skip.get('message')}" for skip in skips)
        seconds.update({f"{label(case)} ({name})": float(case.get("time", 0)) for case in cases})
        passed += ran - bad
        failed += bad
    print(f"The {SLOWEST} slowest, in seconds:")
    for case, took_seconds in seconds.most_common(SLOWEST):
        print(f"{took_seconds:7.1f} {case}")
    for reason, count in left_out.items():
        print(f"LEFT OUT: {count} tests: {reason}")
    print(f"{passed} passed, {failed} failed, {sum(left_out.values())} skipped")
    if not passed + failed:
        print("No test was chosen.")
        return 1
    return int(failed > 0 or (bool(left_out) and os.environ.get("NOTHING_LEFT_OUT") == "1"))


def label(case: ElementTree.Element) -> str:
    return f"{case.get('classname', '').removeprefix('tests.')}::{case.get('name')}"


def took(path: Path) -> str:
    """The seconds that a row took, as `time` of bin/test wrote it beside the row's tests."""
    times = path.with_suffix(".time")
    if not times.exists() or len(found := times.read_text().split()[-3:]) < 3:
        return ""
    wall, user, system = map(float, found)
    return f", {wall:.0f} s, {user + system:.0f} s of CPU"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
