"""Say how many tests ran on each database and what was left out; fail when nothing may be left out.

python -m tests.support.summary var/tests-sqlite.xml var/tests-postgresql.xml ...
"""

import os
import sys
from collections import Counter
from pathlib import Path
from xml.etree import ElementTree


def main(arguments: list[str]) -> int:
    left_out: Counter[str] = Counter()
    passed = failed = 0
    for path in map(Path, arguments):
        cases = list(ElementTree.parse(path).iter("testcase"))
        skips = [skip for case in cases for skip in case.iter("skipped")]
        bad = sum(case.find("failure") is not None or case.find("error") is not None for case in cases)
        name = path.stem.removeprefix("tests-")
        print(f"{name}: {len(cases) - len(skips)} tests ran, {bad} failed, {len(skips)} left out")
        left_out.update(f"{skip.get('message')}" for skip in skips)
        passed += len(cases) - len(skips) - bad
        failed += bad
    for reason, count in left_out.items():
        print(f"LEFT OUT: {count} tests: {reason}")
    print(f"{passed} passed, {failed} failed, {sum(left_out.values())} skipped")
    if not passed + failed:
        print("No test was chosen.")
        return 1
    return int(failed > 0 or (bool(left_out) and os.environ.get("NOTHING_LEFT_OUT") == "1"))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
