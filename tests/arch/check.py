# SPDX-License-Identifier: GPL-2.0-or-later
"""What every check of this folder shares: its command line, and a self-test that breaks a copy of the sources.

A check is a function of the root of the project that returns (faults, number of files read).
"""
import argparse
import shutil
import tempfile
from pathlib import Path


def main(doc, check, self_test):
    parser = argparse.ArgumentParser(description=doc, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--root", type=Path, default=Path(__file__).resolve().parents[2])
    parser.add_argument("--self-test", action="store_true")
    options = parser.parse_args()
    root = options.root.resolve()
    if options.self_test:
        return 1 if self_test(root) else 0
    faults, n_files = check(root)
    for fault in faults:
        print(fault)
    print(f"{n_files} files, {len(faults)} faults")
    return 1 if faults or n_files == 0 else 0


def add(name, text):
    """A change that appends text to a file, which may be new."""
    def change(copy):
        (copy / name).parent.mkdir(parents=True, exist_ok=True)
        with open(copy / name, "a", encoding="utf-8") as file:
            file.write(text)
    return change


def replace(name, old, new):
    """A change that replaces the first old text in a file."""
    def change(copy):
        path = copy / name
        text = path.read_text(encoding="utf-8")
        assert old in text, f"{name} does not hold {old!r}"
        path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return change


def new_faults(root, parts, faults_of, changes):
    """For each change the faults of a copy of parts of the project that the unchanged copy does not have."""
    before = None
    with tempfile.TemporaryDirectory(prefix="tilth-arch-") as folder:
        for number, change in enumerate(changes):
            copy = Path(folder) / str(number)
            for part in parts:
                target = copy / part
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copytree(root / part, target) if (root / part).is_dir() else shutil.copy(root / part, target)
            before = set(faults_of(copy)) if before is None else before
            change(copy)
            yield [fault for fault in faults_of(copy) if fault not in before]
            shutil.rmtree(copy)


def find_all(root, parts, faults_of, cases):
    """Sees each change of cases, (title, change, text of the fault), found. Returns how many were missed."""
    missed = 0
    for (title, _, wanted), new in zip(cases, new_faults(root, parts, faults_of, [case[1] for case in cases])):
        found = any(wanted in fault for fault in new)
        missed += not found
        print(f"{'found ' if found else 'MISSED'} {title}: {new[0] if new else 'no fault'}")
    print(f"{len(cases) - missed} passed, {missed} failed")
    return missed


def find_none(root, parts, faults_of, cases):
    """Sees each change of cases, (title, change), permitted. Returns how many were refused."""
    refused = 0
    for (title, _), new in zip(cases, new_faults(root, parts, faults_of, [case[1] for case in cases])):
        refused += bool(new)
        print(f"{'REFUSED' if new else 'permitted'} {title}{': ' + new[0] if new else ''}")
    print(f"{len(cases) - refused} passed, {refused} failed")
    return refused
