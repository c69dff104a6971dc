# SPDX-License-Identifier: GPL-2.0-or-later
"""Every tool with four threads under the thread sanitizer, which names two threads that touch one number without order."""
import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

sys.dont_write_bytecode = True
import runs  # noqa: E402
import stops  # noqa: E402


class Races(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.place = tempfile.TemporaryDirectory(prefix="tilth-races-")
        cls.folder = Path(cls.place.name)
        runs.make_inputs(cls.folder)
        stops.make_long_inputs(cls.folder, samples=60, cells=260, tiles=3)

    @classmethod
    def tearDownClass(cls):
        cls.place.cleanup()

    def test_no_tool_has_a_race(self):
        for tool in runs.RUNS:
            given, outputs = stops.LONG.get(tool) or runs.RUNS[tool]
            fewer = stops.FEWER.get(tool, {})
            with self.subTest(tool=tool):
                text = runs.json.dumps({**given, **fewer, **outputs, "threads": 4})
                done = subprocess.run([runs.EXE, "run", tool], cwd=self.folder, input=text, capture_output=True, text=True, errors="replace",
                                      env=dict(os.environ))
                self.assertNotIn("ThreadSanitizer", done.stderr)
                self.assertEqual(done.returncode, 0, done.stderr[-2000:])
                for name in outputs.values():
                    (self.folder / name).unlink()


if __name__ == "__main__":
    unittest.main()
