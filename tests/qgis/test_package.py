# SPDX-License-Identifier: GPL-2.0-or-later
"""The plugin as it is published: the zip, its metadata, its description of the tools, its Python."""

import configparser
import glob
import json
import os
import re
import subprocess
import sys
import unittest
import zipfile

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
BUILD = os.environ.get('TILTH_BUILD', os.path.join(ROOT, 'build', 'dev'))
SOURCE = os.path.join(ROOT, 'qgis-wrapper', 'tilth_qgis')
EXE = os.environ.get('TILTH_EXE', os.path.join(BUILD, 'bin', 'tilth'))
ZIP = os.path.join(BUILD, 'tilth_qgis.zip')
sys.path.insert(0, os.path.join(ROOT, 'plugins', 'python', 'tilth'))
sys.dont_write_bytecode = True


def python_files():
    return sorted(glob.glob(os.path.join(SOURCE, '*.py')))


def text_of(path):
    with open(path, encoding='utf-8') as text:
        return text.read()


class Package(unittest.TestCase):
    def test_the_shipped_description_is_that_of_the_engine(self):
        if not os.path.isfile(EXE):
            self.skipTest(f'the program {EXE} is not built')
        fresh = subprocess.run([EXE, 'describe', '--json'], capture_output=True, check=True).stdout
        shipped = text_of(os.path.join(SOURCE, 'descriptors.json'))
        self.assertEqual(json.loads(shipped), json.loads(fresh),
                         'run: cmake --build <folder> --target tilth_descriptors')

    def test_metadata_has_what_the_plugin_site_wants(self):
        general = configparser.ConfigParser(interpolation=None)
        general.read(os.path.join(SOURCE, 'metadata.txt'), encoding='utf-8')
        general = general['general']
        for key in ('name', 'description', 'version', 'qgisMinimumVersion', 'author', 'email', 'about', 'tracker',
                    'repository', 'icon'):
            self.assertTrue(general.get(key), key)
        self.assertEqual(general['hasProcessingProvider'], 'yes')
        self.assertEqual((general['qgisMinimumVersion'], general['qgisMaximumVersion']), ('3.22', '3.40'))
        self.assertIn('engine', general['about'])
        version = re.search(r'project\(tilth VERSION ([0-9.]+)', text_of(os.path.join(ROOT, 'CMakeLists.txt')))
        self.assertEqual(general['version'], version.group(1))

    def test_the_zip_is_one_folder_of_plain_files(self):
        with zipfile.ZipFile(ZIP) as archive:
            names = archive.namelist()
            self.assertEqual({name.split('/')[0] for name in names}, {'tilth_qgis'})
            for name in names:
                self.assertRegex(name, r'(\.py|\.json|\.svg|\.qml|\.model3|\.qm|metadata\.txt|LICENSE)$')
                self.assertNotIn('__pycache__', name)
                self.assertNotIn('..', name)
                self.assertNotEqual(archive.read(name)[:4], b'\x7fELF')
            for wanted in ('LICENSE', 'metadata.txt', 'icon.svg', 'descriptors.json', '__init__.py', 'styles/som.qml'):
                self.assertIn('tilth_qgis/' + wanted, names)
            sources = {os.path.basename(path) for path in python_files()} | {'c_library.py'}
            self.assertEqual({name.split('/')[1] for name in names if name.endswith('.py')}, sources)
        self.assertLess(os.path.getsize(ZIP), 25 * 2**20)

    def test_the_zip_passes_the_rules_of_the_plugin_site(self):
        """Those that can be checked offline: one folder with a plain name, metadata of the right kinds, every file that is
        named, a licence, nothing hidden, and Python that can be compiled."""
        with zipfile.ZipFile(ZIP) as archive:
            names = archive.namelist()
            self.assertIsNone(archive.testzip())
            self.assertRegex(names[0].split('/')[0], r'^[A-Za-z][A-Za-z0-9_-]*$')
            for name in names:
                self.assertFalse(any(part.startswith('.') or part == '__MACOSX' for part in name.split('/')), name)
                if name.endswith('.py'):
                    compile(archive.read(name), name, 'exec')
            metadata = configparser.ConfigParser(interpolation=None)
            metadata.read_string(archive.read('tilth_qgis/metadata.txt').decode('utf-8'))
            general = metadata['general']
            self.assertIn('tilth_qgis/' + general['icon'], names)
            self.assertIn('def classFactory(iface)', archive.read('tilth_qgis/__init__.py').decode('utf-8'))
            self.assertIn('GNU GENERAL PUBLIC LICENSE', archive.read('tilth_qgis/LICENSE').decode('utf-8'))
        self.assertRegex(general['email'], r'^[^@\s]+@[^@\s]+\.[a-z]+$')
        for key in ('homepage', 'tracker', 'repository'):
            self.assertRegex(general[key], r'^https://\S+$')
        self.assertLessEqual(len(general['description']), 255)
        self.assertNotIn('<', general['about'] + general['description'])
        self.assertNotIn('plugin', general['name'].lower())
        self.assertIn(general['experimental'], ('True', 'False'))
        self.assertRegex(general['version'], r'^\d+\.\d+\.\d+$')

    def test_python_has_nothing_that_the_security_check_of_the_site_reports(self):
        for path in python_files():
            self.assertNotRegex(text_of(path), r'\b(eval|exec)\(|shell=True|\bpickle\b|os\.system\(|verify=False|tempfile\.mktemp|'
                                r'\bassert ', path)

    def test_python_imports_Qt_through_QGIS_only(self):
        for path in python_files():
            self.assertNotRegex(text_of(path), r'\b(PyQt[456]|PySide\d?|distutils|urllib|requests|scipy|sklearn)\b', path)

    def test_enums_are_scoped_as_Qt6_wants_them(self):
        """A class name followed at once by an enumerator: `QgsProcessing.TypeRaster`, `Qgis.Warning`."""
        for path in python_files():
            for owner, member in re.findall(r'\b(Qgs\w+|Qgis|Qt|Source)\.([A-Z]\w*)(?![\w.(])', text_of(path)):
                scoped = member in ('SourceType', 'Flag') or owner == 'Source' or member.isupper()
                self.assertTrue(scoped, f'{os.path.basename(path)}: {owner}.{member}')

    def test_every_signature_belongs_to_a_symbol_of_the_library(self):
        from c_library import SYMBOLS

        exported = text_of(os.path.join(ROOT, 'core', 'abi', 'tilth.symbols')).split()
        self.assertLessEqual(set(SYMBOLS), set(exported))

    def test_the_interface_that_the_plugin_needs_is_offered_by_the_header(self):
        from c_library import ABI_MAJOR, ABI_MINOR

        header = text_of(os.path.join(ROOT, 'core', 'abi', 'tilth.h'))
        self.assertIn(f'#define TILTH_ABI_VERSION {ABI_MAJOR}\n', header)
        self.assertLessEqual(ABI_MINOR, int(re.search(r'#define TILTH_ABI_MINOR (\d+)', header).group(1)))

    def test_no_tool_is_known_by_name(self):
        """But for the job of the wizard, which is made of particular tools."""
        shipped = json.loads(text_of(os.path.join(SOURCE, 'descriptors.json')))
        ids = [one['id'] for one in shipped['algorithms']]
        for path in python_files():
            if os.path.basename(path) in ('study.py', 'task.py'):
                continue
            for name in ids:
                self.assertNotRegex(text_of(path), rf"['\"]{name}['\"]", path)


if __name__ == '__main__':
    unittest.main()
