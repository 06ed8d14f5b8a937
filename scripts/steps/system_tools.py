"""The programs tests need beside Python and Node: Chromium, Firefox, redis-server, memcached, Korean glyphs.

Installed with apt where the user is root on Debian, Playwright's own browser elsewhere. In CI a missing one is a failure; on
a laptop it is said loudly and the tests that need it are left out.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

# Chromium as root in a container: no sandbox to nest in, and no look-ups of its maker's hosts.
CHROMIUM_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
_DEBIAN_PACKAGES = {"redis-server": "redis-server", "memcached": "memcached"}
_KOREAN_FONT = Path("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc")


@dataclass(frozen=True)
class Tools:
    """What was found. `browser` is the path to give Playwright, "" for Playwright's own, None when there is none; `firefox` the
    path of a Firefox."""

    browser: str | None
    firefox: str | None
    servers: bool

    @property
    def missing(self) -> list[str]:
        """Korean names of what is not there."""
        return [
            name
            for name, there in (
                ("Chromium", self.browser is not None),
                ("Firefox", self.firefox is not None),
                ("redis-server, memcached", self.servers),
            )
            if not there
        ]


def ensure(say: Callable[[str], None] = print) -> Tools:
    """Find the tools, installing what is missing where that can be done without asking."""
    wanted = [package for command, package in _DEBIAN_PACKAGES.items() if _which(command) is None]
    if _is_debian_root():
        wanted += [] if _which("chromium") else ["chromium"]
        wanted += [] if firefox() else ["firefox-esr"]
        wanted += [] if _KOREAN_FONT.exists() else ["fonts-noto-cjk"]
        if wanted:
            _apt_install(wanted, say)
    return Tools(browser=_browser(say), firefox=firefox(), servers=all(_which(command) for command in _DEBIAN_PACKAGES))


def firefox() -> str | None:
    """The path of an installed Firefox: Debian's, a distribution's, or macOS's."""
    return (
        _which("firefox-esr") or _which("firefox") or _which("/Applications/Firefox.app/Contents/MacOS/firefox") or None
    )


def _which(command: str) -> str | None:
    # Debian puts servers into /usr/sbin, which an ordinary user's PATH may lack.
    return shutil.which(command, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/bin")


def _is_debian_root() -> bool:
    return os.geteuid() == 0 and shutil.which("apt-get") is not None


def _apt_install(packages: list[str], say: Callable[[str], None]) -> None:
    say(f"▸ 시험 도구 설치: {', '.join(packages)} …")
    quiet = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    install = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", "-o", "Dpkg::Options::=--force-confold"]
    # One by one: a name that one distribution lacks must not keep the others from being installed.
    for command in (["apt-get", "update", "-qq"], *([*install, package] for package in packages)):
        if subprocess.run(command, env=environment, check=False, **quiet).returncode != 0:  # type: ignore[call-overload]
            say(f"  설치하지 못했습니다: {' '.join(command)}")


def _browser(say: Callable[[str], None]) -> str | None:
    system = shutil.which("chromium") or shutil.which("chromium-browser")
    if system:
        return system
    found = subprocess.run(
        [sys.executable, "-m", "playwright", "install", "chromium"], capture_output=True, text=True, check=False
    )
    if found.returncode == 0:
        return ""
    say("  Playwright의 브라우저를 내려받지 못했습니다.")
    return None
