"""Runs every test with one server of a fresh folder, and counts: passed, failed, skipped."""

import importlib
import pathlib
import sys
import unittest

from suite import tarn


def cases(suite):
    for entry in suite:
        if isinstance(entry, unittest.TestSuite):
            yield from cases(entry)
        else:
            yield entry


def main(words):
    loader = unittest.TestLoader()
    folder = pathlib.Path(__file__).parent
    found = unittest.TestSuite()
    for file in sorted(folder.glob("test_*.py")):
        found.addTests(loader.loadTestsFromModule(importlib.import_module(f"suite.{file.stem}")))
    chosen = unittest.TestSuite(case for case in cases(found) if not words or any(word in case.id() for word in words))
    try:
        result = unittest.TextTestRunner(stream=sys.stdout, verbosity=2).run(chosen)
    finally:
        tarn.stop()
    failed = len({test.id() for test, _ in result.failures + result.errors}) + len(result.unexpectedSuccesses)
    skipped = len(result.skipped)
    print(f"{max(0, chosen.countTestCases() - failed - skipped)} passed, {failed} failed, {skipped} skipped")
    return 1 if failed else 0


sys.exit(main(sys.argv[1:]))
