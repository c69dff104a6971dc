# SPDX-License-Identifier: GPL-2.0-or-later
"""A headless Chromium for the tests of pages, spoken to through its own pipe (Chrome DevTools Protocol)."""
import base64
import json
import os
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def program():
    """The browser of this machine, or None."""
    return next((found for found in map(shutil.which, NAMES) if found), None)


class Browser:
    """One page at a time; use it in a with statement."""

    def __init__(self):
        self.profile = tempfile.mkdtemp(prefix="tilth-browser-")
        ours, theirs, theirs_out, self.read_end = None, None, None, None
        theirs, ours = os.pipe()
        self.read_end, theirs_out = os.pipe()
        self.write_end = ours

        def place_pipes():
            # Chromium reads commands from 3 and writes answers to 4; copies above 10 keep them out of each other's way.
            commands, answers = os.dup2(theirs, 10), os.dup2(theirs_out, 11)
            os.dup2(commands, 3)
            os.dup2(answers, 4)

        words = [program(), "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
                 "--disable-background-networking", "--disable-component-update", "--disable-extensions", "--hide-scrollbars",
                 "--force-color-profile=srgb", "--remote-debugging-pipe", f"--user-data-dir={self.profile}"]
        self.process = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                                        close_fds=False, preexec_fn=place_pipes, env={**os.environ, "HOME": self.profile})
        os.close(theirs)
        os.close(theirs_out)
        self.left, self.count, self.events, self.session = b"", 0, [], None

    def __enter__(self):
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log"):
            self.call(domain + ".enable")
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        os.close(self.read_end)
        os.close(self.write_end)
        shutil.rmtree(self.profile, ignore_errors=True)

    def message(self):
        while b"\0" not in self.left:
            more = os.read(self.read_end, 1 << 20)
            if not more:
                raise RuntimeError("the browser ended")
            self.left += more
        text, self.left = self.left.split(b"\0", 1)
        return json.loads(text)

    def call(self, method, **parameters):
        """Carries out one command and returns its answer; events that come meanwhile are kept."""
        self.count += 1
        order = {"id": self.count, "method": method, "params": parameters}
        if self.session is not None:
            order["sessionId"] = self.session
        text = json.dumps(order).encode("utf-8") + b"\0"
        while text:
            text = text[os.write(self.write_end, text):]
        while True:
            found = self.message()
            if found.get("id") == self.count:
                if "error" in found:
                    raise RuntimeError(f"{method}: {found['error']}")
                return found["result"]
            self.events.append(found)

    def run(self, script):
        """The value of a JavaScript expression in the page."""
        found = self.call("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in found:
            raise RuntimeError(json.dumps(found["exceptionDetails"])[:500])
        return found["result"].get("value")

    def open(self, path, width, height=900, phone=False, ready="document.readyState === 'complete'"):
        """Opens a file in a window of that size and waits until the expression is true, at most 3000 answers long."""
        self.events.clear()
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=phone)
        self.call("Emulation.setTouchEmulationEnabled", enabled=phone)
        self.call("Page.navigate", url=Path(path).resolve().as_uri())
        for _ in range(3000):
            if self.run(ready):
                return
            time.sleep(0.05)
        raise RuntimeError(f"{path}: still not ready; {self.complaints()}")

    def complaints(self):
        """Texts of errors and warnings on the page's console, and of scripts that failed."""
        found = []
        for event in self.events:
            parameters = event.get("params", {})
            if event.get("method") == "Runtime.exceptionThrown":
                details = parameters["exceptionDetails"]
                found.append(details.get("exception", {}).get("description") or details["text"])
            elif event.get("method") == "Runtime.consoleAPICalled" and parameters["type"] in ("error", "warning", "assert"):
                found.append(" ".join(str(one.get("value", one.get("description"))) for one in parameters["args"]))
            elif event.get("method") == "Log.entryAdded" and parameters["entry"]["level"] in ("error", "warning"):
                found.append(parameters["entry"]["text"])
        return found

    def picture(self, path, top=0, height=None):
        """Writes a PNG of the page from that line on; by default of all of it, up to the 16 000 lines that a browser draws."""
        height = min(height or 16000, 16000, self.run("document.documentElement.scrollHeight") - top)
        clip = {"x": 0, "y": top, "scale": 1, "width": self.run("document.documentElement.clientWidth"), "height": height}
        shot = self.call("Page.captureScreenshot", format="png", captureBeyondViewport=True, clip=clip)
        Path(path).write_bytes(base64.b64decode(shot["data"]))

    def printed(self, path):
        """Writes the page as it is printed, a PDF."""
        Path(path).write_bytes(base64.b64decode(self.call("Page.printToPDF", printBackground=True)["data"]))
