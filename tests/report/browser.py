"""Chromium, driven over a pipe by the DevTools protocol: what a page looks like to a reader, without any library."""

from __future__ import annotations

import fcntl
import json
import os
import select
import shutil
import subprocess
from pathlib import Path
from time import monotonic
from types import TracebackType
from typing import Any

PROGRAMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
PATIENCE = 120.0
"""Seconds that any answer may take; a busy machine is slow to paint."""


def program() -> str | None:
    """The browser on this machine, if there is one."""
    return next((found for name in PROGRAMS if (found := shutil.which(name))), None)


class Browser:
    """One browser with one page; use it in a `with` statement."""

    def __init__(self, path: str, folder: Path) -> None:
        from_us, to_browser = os.pipe()
        from_browser, to_us = os.pipe()
        command = [path, "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-sync",
                   "--disable-background-networking", "--disable-component-update", "--disable-dev-shm-usage",
                   f"--user-data-dir={folder}", "--remote-debugging-pipe", "about:blank"]  # fmt: skip

        def connect() -> None:  # the protocol wants file descriptors 3 and 4
            given = [fcntl.fcntl(number, fcntl.F_DUPFD, 10) for number in (from_us, to_us)]
            for number, place in zip(given, (3, 4), strict=True):
                os.dup2(number, place)

        self._process = subprocess.Popen(
            command,
            preexec_fn=connect,  # noqa: PLW1509 - no other way to hand over numbered descriptors; tests have no threads
            close_fds=False,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(from_us)
        os.close(to_us)
        self._in, self._out, self._left, self._number = to_browser, from_browser, b"", 0
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self._session = ""
        self._session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        self.call("Page.enable")

    def __enter__(self) -> Browser:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.terminate()
        self._process.wait(20)
        os.close(self._in)
        os.close(self._out)

    _session = ""

    def call(self, method: str, **parameters: Any) -> Any:
        """The result of one method of the protocol."""
        self._number += 1
        message: dict[str, Any] = {"id": self._number, "method": method, "params": parameters}
        if self._session:
            message["sessionId"] = self._session
        os.write(self._in, json.dumps(message).encode() + b"\0")
        end = monotonic() + PATIENCE
        while monotonic() < end:
            answer = self._read(end)
            if answer.get("id") == self._number:
                assert "error" not in answer, answer["error"]
                return answer["result"]
        raise TimeoutError(method)

    def _read(self, end: float) -> Any:
        while b"\0" not in self._left:
            ready, _, _ = select.select([self._out], [], [], max(0.0, end - monotonic()))
            if not ready:
                raise TimeoutError("the browser says nothing")
            part = os.read(self._out, 1 << 20)
            if not part:
                raise ConnectionError("the browser has ended")
            self._left += part
        whole, _, self._left = self._left.partition(b"\0")
        return json.loads(whole)

    def open(self, file: Path, *, width: int = 1100, scheme: str = "light") -> None:
        """Show a page in a window of some width, in light or dark."""
        self.call(
            "Emulation.setDeviceMetricsOverride", width=width, height=900, deviceScaleFactor=1, mobile=width < 600
        )
        self.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
        self.call("Page.setBypassCSP", enabled=True)
        self.call("Page.navigate", url=file.as_uri())
        end = monotonic() + PATIENCE
        while self.evaluate("document.readyState + location.protocol") != "completefile:":
            assert monotonic() < end

    def evaluate(self, script: str) -> Any:
        """The value of an expression in the page; a promise is waited for."""
        found = self.call("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in found, found["exceptionDetails"]
        return found["result"].get("value")
