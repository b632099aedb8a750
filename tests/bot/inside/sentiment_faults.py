"""What a designer is told about examples that cannot be read: `sentiment_faults.py FOLDER`."""

import json
import sys
from pathlib import Path

from bot.sentiment_training import SentimentDataError, read_examples

FILES = {
    "no_yaml": "negative: [",
    "other_class": "angry: |\n  - so bad\n",
    "list": "negative:\n  - so bad\n",
    "no_dash": "negative: |\n  so bad\n",
    "empty_example": "negative: |\n  - \n",
    "number": "7\n",
    "too_few": "negative: |\n  - so bad\nneutral: |\n  - ok\npositive: |\n  - great\n",
}


def main() -> None:
    file = Path(sys.argv[1]) / "en.yml"
    told = {}
    for name, content in FILES.items():
        file.write_text(content, encoding="utf-8")
        try:
            read_examples(file.parent)
        except SentimentDataError as error:
            told[name] = str(error)
    sys.stdout.write(json.dumps(told) + "\n")


if __name__ == "__main__":
    main()
