# SPDX-License-Identifier: GPL-2.0-or-later
"""Completion of bash and zsh, and the manual page of every tool."""
import gzip
import json
import os
import shutil
import subprocess
import unittest
from pathlib import Path

BUILD = Path(os.environ["TILTH_BUILD"])
MADE = BUILD / "docs"


class Shell(unittest.TestCase):
    def complete(self, *words):
        """What bash offers for the last word."""
        script = (f"source {MADE}/completion/tilth; COMP_WORDS=(\"$@\"); COMP_CWORD=$(($# - 1)); _tilth; "
                  "printf '%s\\n' \"${COMPREPLY[@]}\"")
        done = subprocess.run(["bash", "-c", script, "bash", *words], capture_output=True, text=True, check=True)
        self.assertEqual(done.stderr, "")
        return done.stdout.split()

    def test_tools_parameters_and_choices_are_completed(self):
        self.assertEqual(self.complete("tilth", "terr"), ["terrainfactors"])
        self.assertEqual(self.complete("tilth", "help", "slo"), ["slope"])
        self.assertEqual(self.complete("tilth", "slope", "--cur"), ["--curvature"])
        self.assertEqual(self.complete("tilth", "slope", "--method", ""), ["zevenbergen_thorne", "horn", "evans"])
        self.assertEqual(self.complete("tilth", "slope", "--strict", "y"), ["yes"])

    def test_other_values_are_files(self):
        folder = MADE / "completion"
        self.assertIn(f"{folder}/_tilth", self.complete("tilth", "slope", "--dem", f"{folder}/_"))

    def test_zsh_reads_its_file(self):
        if shutil.which("zsh") is None:
            self.skipTest("SKIPPED: no zsh")
        subprocess.run(["zsh", "-n", MADE / "completion/_tilth"], check=True)

    def test_every_tool_has_a_manual_page(self):
        described = subprocess.run([os.environ["TILTH_EXE"], "describe", "--json"], capture_output=True, check=True).stdout
        for tool in json.loads(described)["algorithms"]:
            with self.subTest(tool["id"]):
                page = gzip.decompress((MADE / f"man1/tilth-{tool['id']}.1.gz").read_bytes()).decode("utf-8")
                for parameter in tool["parameters"]:
                    self.assertIn(f".It Fl \\-{parameter['id']} ", page)
                if shutil.which("mandoc"):
                    said = subprocess.run(["mandoc", "-Tlint", "-W", "warning"], input=page, capture_output=True, text=True, check=False)
                    self.assertEqual(said.stdout + said.stderr, "")


if __name__ == "__main__":
    unittest.main()
