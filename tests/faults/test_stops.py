# SPDX-License-Identifier: GPL-2.0-or-later
"""Every tool is cancelled once at a random moment, those that take long in the middle of their work. run.sh does so ten times.
Ten tools are killed."""
import sys
import unittest

sys.dont_write_bytecode = True
import runs  # noqa: E402
import stops  # noqa: E402
import sweep  # noqa: E402


class Stops(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.work = sweep.Sweep(1)
        stops.make_long_inputs(cls.work.inputs, 1500)

    @classmethod
    def tearDownClass(cls):
        cls.work.close()

    def test_a_cancelled_run_ends_within_a_second_and_leaves_nothing(self):
        for tool in runs.RUNS:
            with self.subTest(tool=tool):
                _, faults = stops.cancel_all(self.work.folder(), [tool], 1, longest=1.2)
                self.assertEqual(faults, [])

    def test_a_killed_run_leaves_whole_files_and_the_next_one_sweeps_up(self):
        tried, faults = stops.kill_all(self.work, stops.KILLED, 1)
        self.assertEqual((tried, faults), (len(stops.KILLED), []))


if __name__ == "__main__":
    unittest.main()
