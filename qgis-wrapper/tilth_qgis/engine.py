# SPDX-License-Identifier: GPL-2.0-or-later
"""Runs tools in a worker process: JSON on its standard input, JSON lines on its standard output.

Nothing here knows QGIS. `log` is any object with progress(fraction), message(level, text) and
cancelled(); all three are called only from the thread that called run().
"""

import glob
import json
import math
import os
import queue
import shutil
import signal
import subprocess
import threading
import time

from .c_library import abi_refusal

try:
    import fcntl
except ImportError:  # only on Unix
    fcntl = None

POLL_SECONDS = 0.1
GRACE_SECONDS = 0.6  # for a cancelled worker to end; then it is killed and its temporary files are removed
CHECK_SECONDS = 10.0
EXIT_CANCELLED = 130
EXIT_USAGE = 2


class EngineError(Exception):
    """A tool failed; the text is the sentence for the user."""


class Cancelled(Exception):
    """The user stopped the run; no output was written."""


def worker_environment():
    """The environment of QGIS, without variables that would change the format of numbers or the libraries of the engine."""
    env = dict(os.environ)
    env.pop('LC_ALL', None)
    env['LC_NUMERIC'] = 'C'
    # A bundled QGIS sets the path to its own libraries, with which the engine was not built.
    if 'APPDIR' in env or 'SNAP' in env:
        env.pop('LD_LIBRARY_PATH', None)
    return env


def describe(exe, timeout=10.0):
    """The description that the engine prints of itself and its tools; EngineError when it prints none."""
    try:
        done = subprocess.run([exe, 'describe', '--json'], stdin=subprocess.DEVNULL, capture_output=True,
                              env=worker_environment(), timeout=timeout, check=True)
        description = json.loads(done.stdout.decode('utf-8'))
    except (OSError, subprocess.SubprocessError, ValueError) as problem:
        raise EngineError(f'The program {exe} did not print the description of the tilth engine: {problem}') from problem
    check_abi(description.get('abi'), description.get('abi_minor', 0), exe)
    return description


def check_abi(major, minor, path):
    """EngineError with one sentence when the engine at path does not serve this plugin."""
    refusal = abi_refusal(major, minor, path)
    if refusal is not None:
        raise EngineError(refusal)


class WorkerEngine:
    """One process per run: a fault in it is a message in the log and never the end of QGIS."""

    def __init__(self, exe):
        self.exe = exe

    def check(self, tool, params):
        """The sentence about the first wrong parameter, or None. Nothing is run. A worker that does not answer
        does not prevent the run, which then reports the cause."""
        try:
            done = subprocess.run([self.exe, 'run', tool, '--check'], input=json.dumps(params).encode('utf-8'),
                                  capture_output=True, env=worker_environment(), timeout=CHECK_SECONDS,
                                  check=False, **_no_window())
        except (OSError, subprocess.SubprocessError):
            return None
        if done.returncode != EXIT_USAGE:
            return None
        return _sentence(done.returncode, done.stderr.decode('utf-8', 'replace').splitlines())

    def run(self, tool, params, log, outputs=()):
        """The result of the tool as a dict.

        outputs  the paths that the tool is going to write; used to remove the temporary files of a worker
                 that was killed
        fails    EngineError with one sentence; Cancelled
        """
        try:
            process = subprocess.Popen([self.exe, 'run', tool], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                       stderr=subprocess.PIPE, env=worker_environment(),
                                       start_new_session=os.name != 'nt', **_no_window())
        except OSError as problem:
            raise EngineError(f'The program {self.exe} cannot be started: {problem}') from problem
        lines = queue.Queue()
        complaints = []
        threads = [
            threading.Thread(target=_feed, args=(process.stdin, json.dumps(params)), daemon=True),
            threading.Thread(target=_drain, args=(process.stdout, lines.put, True), daemon=True),
            threading.Thread(target=_drain, args=(process.stderr, complaints.append, False), daemon=True),
        ]
        for thread in threads:
            thread.start()
        cancelled = False
        result = None
        try:
            result, cancelled = self._listen(process, lines, log)
        finally:
            if process.poll() is None:
                _stop(process)
            for thread in threads:
                thread.join(GRACE_SECONDS)
        if process.returncode != 0:
            _clear_up(outputs)
        if cancelled or process.returncode == EXIT_CANCELLED:
            raise Cancelled()
        if process.returncode != 0:
            raise EngineError(_sentence(process.returncode, complaints))
        if result is None:
            raise EngineError('tilth ended without a result; please report this')
        return result

    @staticmethod
    def _listen(process, lines, log):
        """Passes lines on until the worker closes its output. Returns (result, cancelled)."""
        result = None
        stopping_since = None
        while True:
            if stopping_since is None and log.cancelled():
                stopping_since = time.monotonic()
                process.terminate()
            if stopping_since is not None and time.monotonic() - stopping_since > GRACE_SECONDS:
                _kill(process)
            try:
                line = lines.get(timeout=POLL_SECONDS)
            except queue.Empty:
                continue
            if line is None:
                process.wait()
                # A run that had already finished when it was asked to stop has written its outputs.
                return result, stopping_since is not None and process.returncode != 0
            result = _pass_on(line, log, result)


def _pass_on(line, log, result):
    """Passes one line of the worker on. What is no message of a worker, such as a line of a library, is shown as it is."""
    try:
        item = json.loads(line)
        progress = float(item['progress']) if 'progress' in item else None
        level = int(item.get('level', 0))
    except (ValueError, TypeError, AttributeError, OverflowError, RecursionError):
        log.message(0, line)
        return result
    if progress is not None:
        if math.isfinite(progress):
            log.progress(progress)
    elif 'message' in item:
        log.message(level, str(item['message']))
    elif isinstance(item.get('result'), dict):
        return item['result']
    return result


def _feed(stream, text):
    # A worker that ended early closes its input; its exit code shows the reason.
    try:
        stream.write(text.encode('utf-8'))
        stream.close()
    except OSError:
        pass


def _drain(stream, put, mark_end):
    with stream:
        for line in stream:
            put(line.decode('utf-8', 'replace').rstrip('\r\n'))
    if mark_end:
        put(None)


def _stop(process):
    process.terminate()
    try:
        process.wait(GRACE_SECONDS)
    except subprocess.TimeoutExpired:
        _kill(process)
        process.wait()


def _kill(process):
    """Ends the worker and the programs it started, which have a session of their own."""
    try:
        if os.name == 'nt':
            process.kill()
        else:
            os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass


def _clear_up(outputs):
    """Removes the hidden folders (.tilth-<random>) of runs that were killed, next to the outputs. A living run holds the lock
    in its folder. One with a journal was about to put its outputs into place; the next run takes them back and removes it."""
    if fcntl is None:
        return
    for folder in {os.path.dirname(os.path.realpath(path.partition('|')[0])) for path in outputs}:
        for left in glob.glob(os.path.join(glob.escape(folder), '.tilth-??????')):
            try:
                with open(os.path.join(left, 'lock'), 'r+b') as lock:
                    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    if not os.path.exists(os.path.join(left, 'journal')):
                        shutil.rmtree(left)
            except OSError:
                pass


def _sentence(code, complaints):
    if code < 0:
        try:
            name = signal.Signals(-code).name
        except ValueError:
            name = str(-code)
        return f'tilth was ended by signal {name} and no output was written; please report this with the log above'
    own = [line[len('tilth: '):] for line in complaints if line.startswith('tilth: ')]
    if own:
        return own[-1]
    return '\n'.join(complaints[-5:]) or f'tilth failed with exit code {code} and no message; please report this'


def _no_window():
    if os.name == 'nt':
        return {'creationflags': subprocess.CREATE_NO_WINDOW}
    return {}
