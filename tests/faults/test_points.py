# SPDX-License-Identifier: GPL-2.0-or-later
"""A sample of the allocations and reads of every tool fails, through the C interface. run.sh tries them all."""
import os
import sys
import tempfile
import unittest
from concurrent.futures import ThreadPoolExecutor

sys.dont_write_bytecode = True
import points  # noqa: E402
import runs  # noqa: E402


class Points(unittest.TestCase):
    def fail_some(self, kind, number, without=()):
        def fail(tool):
            return tool, points.fail_all(inputs, tool, kind, 1 if tool in runs.STARTS_PYTHON else number, first=17)

        with tempfile.TemporaryDirectory(prefix="tilth-faults-") as inputs:
            runs.make_inputs(inputs)
            with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
                for tool, (text, status) in pool.map(fail, [tool for tool in runs.RUNS if tool not in without]):
                    with self.subTest(tool=tool):
                        self.assertEqual(status, 0, text)
                        self.assertRegex(text, r"[1-9]\d* passed, 0 failed")

    def test_allocations_of_every_tool(self):
        self.fail_some("memory", 8)

    def test_reads_of_every_tool(self):
        """GDAL fills what a raw file does not deliver with zeros and reports nothing."""
        self.fail_some("read", 8, without=("checkinstall",))  # it reads files of the system only


if __name__ == "__main__":
    unittest.main()
