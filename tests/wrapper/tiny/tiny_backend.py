"""A build backend that needs no package: it makes an editable wheel, and can be held up on the way."""

import os
import zipfile
from pathlib import Path

_METADATA = """\
Metadata-Version: 2.1
Name: hustings
Version: 0.0.0
Provides-Extra: dev
Requires-Dist: tiny-checks; extra == "dev"
"""


def build_editable(wheel_directory: str, config_settings: object = None, metadata_directory: object = None) -> str:
    """Make the wheel, note that it was made, and wait where the test asked for that."""
    with Path(os.environ["TINY_NOTES"]).open("a") as builds:
        builds.write("built\n")
    if gate := os.environ.get("TINY_GATE"):
        Path(gate + ".reached").write_text("here")
        Path(gate).read_text()
    if os.environ.get("TINY_FAILS"):
        raise SystemExit("error: the tiny project was told to fail")
    wheel = "hustings-0.0.0-py3-none-any.whl"
    info = "hustings-0.0.0.dist-info"
    files = {
        "hustings.pth": str(Path.cwd()) + "\n",
        f"{info}/METADATA": _METADATA,
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: tiny\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        f"{info}/entry_points.txt": "[console_scripts]\nhustings = bot.cli:main\n",
    }
    files[f"{info}/RECORD"] = "".join(f"{name},,\n" for name in [*files, f"{info}/RECORD"])
    with zipfile.ZipFile(Path(wheel_directory) / wheel, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return wheel


build_wheel = build_editable
