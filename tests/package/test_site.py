# SPDX-License-Identifier: GPL-2.0-or-later
"""The documentation becomes a site whose links all lead somewhere and which loads nothing from elsewhere."""
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

DOCS = Path(os.environ["TILTH_SOURCE"]) / "docs"


@unittest.skipUnless(shutil.which("mkdocs"), "SKIPPED: mkdocs is not installed")
class Site(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.site = Path(cls.folder.name)
        done = subprocess.run([sys.executable, "-B", DOCS / "make_site.py", "--output", cls.site], capture_output=True, text=True)
        if done.returncode != 0:
            raise AssertionError(done.stdout + done.stderr)

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def test_every_page_of_the_documentation_is_in_it(self):
        for page in DOCS.rglob("*.md"):
            name = page.relative_to(DOCS).with_suffix(".html")
            name = name.with_name("index.html") if page.name == "README.md" else name
            self.assertTrue((self.site / name).is_file(), name)

    def test_every_page_is_in_the_menu(self):
        home = (self.site / "index.html").read_text(encoding="utf-8")
        for page in DOCS.rglob("*.md"):
            if page.name != "README.md":
                self.assertIn(f'href="{page.relative_to(DOCS).with_suffix(".html")}"', home)

    def test_a_page_loads_nothing_from_elsewhere(self):
        for page in self.site.rglob("*.html"):
            loaded = re.findall(r'<(?:script|img|iframe)[^>]*src="(https?:)?//', page.read_text(encoding="utf-8"))
            loaded += re.findall(r'<link[^>]*rel="stylesheet"[^>]*href="(https?:)?//', page.read_text(encoding="utf-8"))
            self.assertFalse(loaded, page)


if __name__ == "__main__":
    unittest.main()
