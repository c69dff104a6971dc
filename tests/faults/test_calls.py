# SPDX-License-Identifier: GPL-2.0-or-later
"""A sample of the calls of every tool fails: memory, opening, writing, syncing, renaming, closing. run.sh tries them all."""
import sys
import unittest

sys.dont_write_bytecode = True
import runs  # noqa: E402
import sweep  # noqa: E402


class Calls(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.sweep = sweep.Sweep()

    @classmethod
    def tearDownClass(cls):
        cls.sweep.close()

    def test_every_tool_has_a_run(self):
        self.assertEqual(set(runs.tools()), set(runs.RUNS))

    def test_calls_are_counted(self):
        counts = self.sweep.baseline("slope", runs.RUNS["slope"][1])[1]
        for kind in ("alloc", "open", "read", "write", "sync", "rename", "close"):
            self.assertGreater(counts[kind], 0, kind)

    def test_one_failing_call_of_each_kind(self):
        for tool in runs.RUNS:
            with self.subTest(tool=tool):
                before = len(self.sweep.faults)
                self.sweep.sweep([tool], ("alloc", "rename") if tool in runs.STARTS_PYTHON else ("alloc", "open", "write", "sync", "rename", "close"), 1)
                self.assertEqual(self.sweep.faults[before:], [])
        print(f"{self.sweep.tried} points, {len(self.sweep.faults)} faults")


if __name__ == "__main__":
    unittest.main()
