# SPDX-License-Identifier: GPL-2.0-or-later
"""Every tool and every output format on a file system that is full before the run ends. run.sh tries ten amounts of space."""
import sys
import unittest

sys.dont_write_bytecode = True
import disk  # noqa: E402


class Disk(unittest.TestCase):
    def test_a_full_disk_is_one_sentence_and_leaves_nothing(self):
        if not disk.may_mount():
            print("SKIPPED: file systems cannot be mounted here")
            self.skipTest("file systems cannot be mounted here")
        filled = disk.fill(1)
        self.assertGreater(filled.tried, 40)
        self.assertEqual(filled.faults, [])


if __name__ == "__main__":
    unittest.main()
