# SPDX-License-Identifier: GPL-2.0-or-later
"""Runs the built command line in a folder of its own and looks at everything a user would see of it."""
import hashlib
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

sys.dont_write_bytecode = True
ROOT = Path(os.environ.get("TILTH_SOURCE", Path(__file__).resolve().parents[2]))
EXE = os.environ.get("TILTH_EXE", str(ROOT / "build/dev/bin/tilth"))
sys.path.insert(0, str(ROOT / "tests/kit"))

USAGE, FAILED, CANCELLED = 2, 3, 130
OLD = b"this was here before\n"


class TilthCase(unittest.TestCase):
    """A temporary folder, and the command line run inside it."""

    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.folder = Path(tempfile.mkdtemp(prefix="tilth-cli-"))
        cls.prepare()

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.folder, ignore_errors=True)

    @classmethod
    def prepare(cls):
        """Makes the inputs that all tests of the class share."""

    @classmethod
    def tilth(cls, *words, file_limit=None, env=None, text_in=None):
        """Runs `tilth words...`; file_limit is the largest file, in bytes, that it may write."""
        def limit():
            if file_limit is not None:
                resource.setrlimit(resource.RLIMIT_FSIZE, (file_limit, file_limit))

        return subprocess.run([EXE, *map(str, words)], cwd=cls.folder, capture_output=True, text=True, input=text_in, preexec_fn=limit, env={**os.environ, **(env or {})}, encoding="utf-8")

    @classmethod
    def must(cls, *words, **options):
        """Runs a step that the tests build on."""
        done = cls.tilth(*words, **options)
        if done.returncode != 0:
            raise AssertionError(f"tilth {' '.join(map(str, words))}: {done.returncode}\n{done.stderr}{done.stdout}")
        return done

    @classmethod
    def listing(cls):
        """{path: hash} of every file below the folder."""
        return {str(path.relative_to(cls.folder)): hashlib.sha256(path.read_bytes()).hexdigest()
                for path in cls.folder.rglob("*") if path.is_file()}

    def sentence(self, done):
        """The one line on standard error, without the program's name."""
        lines = done.stderr.splitlines()
        self.assertEqual(len(lines), 1, f"wanted one line on standard error, found:\n{done.stderr}")
        self.assertTrue(lines[0].startswith("tilth: "), lines[0])
        self.assertGreater(len(lines[0]), 25, lines[0])
        return lines[0][len("tilth: "):]

    def refused(self, status, wanted, *words, output=None, parameter="output", **options):
        """The run ends with that status and one sentence that contains every text of wanted; no file remains and, when there
        was an old output, it is unchanged, byte for byte."""
        arguments = list(words) + ([f"--{parameter}", output] if output else [])
        for old in ([None, OLD] if output else [None]):
            if old is not None:
                (self.folder / output).write_bytes(old)
            before = self.listing()
            done = self.tilth(*arguments, **options)
            said = self.sentence(done)
            self.assertEqual(done.returncode, status, said)
            for text in wanted:
                self.assertIn(text, said)
            self.assertEqual(self.listing(), before)
            if old is not None:
                (self.folder / output).unlink()
        return said
