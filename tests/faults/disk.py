# SPDX-License-Identifier: GPL-2.0-or-later
"""Runs every tool, and writes every format, onto a small file system with too little space left."""
import os
import random
import subprocess
import sys

import runs
import sweep

SIZE = 16 << 20
ON_DISK = "disk"


class Disk(sweep.Sweep):
    """As Sweep, but each worker writes into a file system of its own."""

    def __init__(self):
        super().__init__()
        self.mounted = []

    def folder(self):
        fresh = getattr(self.own, "folder", None) is None
        folder = super().folder()
        if fresh:
            (folder / ON_DISK).mkdir()
            subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", str(folder / ON_DISK)], check=True)
            self.mounted.append(folder / ON_DISK)
        return folder

    def close(self):
        for place in self.mounted:
            subprocess.run(["umount", "-l", str(place)], check=False)
        super().close()

    def renew(self):
        """The file system stays; whatever is on it goes."""
        for path in (self.own.folder / ON_DISK).rglob("*"):
            if path.is_file():
                path.unlink()

    def run(self, tool, outputs, fault=None, counts=None, timeout=120):
        folder = self.folder()
        if fault is None or not fault.startswith("space "):
            return super().run(tool, outputs, fault, counts, timeout)
        filler = folder / ON_DISK / "filler"
        free = os.statvfs(folder / ON_DISK)
        with open(filler, "wb") as file:
            file.write(bytes(max(0, free.f_bavail * free.f_frsize - int(fault.split()[1]))))
        try:
            return super().run(tool, outputs, None, None, timeout)
        finally:
            filler.unlink()

    def need(self, tool, outputs):
        """Bytes that the outputs of a run take."""
        self.folder()
        done = self.run(tool, outputs)
        if done.returncode != 0:
            raise RuntimeError(f"{tool}: {done.stderr}")
        size = sum(path.stat().st_size for path in (self.own.folder / ON_DISK).rglob("*") if path.is_file())
        self.renew()
        return size


def on_disk(outputs):
    return {key: f"{ON_DISK}/{name}" for key, name in outputs.items()}


def fill(points, tools=None, formats=None):
    """Tries so many amounts of free space with every tool and format; returns the Disk with its faults."""
    work = [(tool, on_disk(runs.RUNS[tool][1])) for tool in (runs.RUNS if tools is None else tools)]
    for tool, key, name in (runs.FORMATS if formats is None else formats):
        work.append((tool, on_disk({**{k: v for k, v in runs.RUNS[tool][1].items() if k == "output"}, key: name})))
    disk = Disk()
    try:
        fill_each(disk, work, points)
    finally:
        disk.close()
    return disk


def fill_each(disk, work, points):
    for tool, outputs in work:
        rng = random.Random(f"{tool} {sorted(outputs.values())}")
        need = disk.need(tool, outputs)
        for k in range(points):
            space = int(need * (k + rng.random()) / points) // 4096 * 4096
            disk.tried += 1
            wrong = disk.judge(tool, outputs, f"space {space}", k % 2 == 1)
            if wrong is not None:
                disk.faults.append(f"{tool} to {', '.join(outputs.values())} with {space} of {need} bytes: {wrong}")
                print("FAULT", disk.faults[-1], flush=True)


def may_mount():
    done = subprocess.run(["unshare", "--mount", "mount", "-t", "tmpfs", "tmpfs", "/mnt"], capture_output=True)
    return done.returncode == 0


def main(words):
    """disk.py [points]"""
    if not may_mount():
        print("SKIPPED: file systems cannot be mounted here")
        return 0
    disk = fill(int(words[0]) if words else 10)
    print(f"{disk.tried - len(disk.faults)} passed, {len(disk.faults)} failed")
    return 1 if disk.faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
