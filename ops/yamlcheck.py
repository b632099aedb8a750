"""Say which YAML files of the checkout do not parse: `python -m ops.yamlcheck`."""

import subprocess
import sys
from pathlib import Path

import yaml

Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def fault(file: Path) -> str | None:
    """What is wrong with a file that is not YAML in UTF-8, with line and column."""
    try:
        yaml.load(file.read_text(encoding="utf-8"), Loader)  # noqa: S506 - a safe loader, in C where there is one
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        return f"{file}: {error}"
    return None


def main() -> int:
    """Look at what git tracks or would track; 1 when a file is broken."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "*.yml", "*.yaml"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
    files = [Path(name) for name in listed if Path(name).exists()]
    messages = [message for message in map(fault, files) if message]
    print("\n".join(messages) or f"{len(files)} YAML files parse")
    return 1 if messages else 0


if __name__ == "__main__":
    sys.exit(main())
