# SPDX-License-Identifier: GPL-2.0-or-later
"""A sample of the allocations of every tool fails, through the C interface. run.sh tries them all."""
import os
import sys
import tempfile
import unittest
from concurrent.futures import ThreadPoolExecutor

sys.dont_write_bytecode = True
import allocations  # noqa: E402
import runs  # noqa: E402


class Allocations(unittest.TestCase):
    def test_some_of_every_tool(self):
        def fail(tool):
            return tool, allocations.fail_all(inputs, tool, 1 if tool in runs.STARTS_PYTHON else 8, first=17)

        with tempfile.TemporaryDirectory(prefix="tilth-faults-") as inputs:
            runs.make_inputs(inputs)
            with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
                for tool, (text, status) in pool.map(fail, runs.RUNS):
                    with self.subTest(tool=tool):
                        self.assertEqual(status, 0, text)
                        self.assertRegex(text, r"[1-9]\d* passed, 0 failed")


if __name__ == "__main__":
    unittest.main()
