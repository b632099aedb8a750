"""Which tests stay in one process where pytest-xdist spreads them over several (`make test`)."""

from xdist.scheduler import LoadScopeScheduling

# Those that share what is dear to make: the whole assistant and its index, a trained model with its server, a browser.
TOGETHER = {
    "tests/system/": "the assistant",
    "tests/knowledge/test_questions.py": "the assistant",
    "tests/bot/": "the bot",
    "tests/browser/": "the browser",
}


class Spreading(LoadScopeScheduling):
    """Hands out the groups of `TOGETHER` and otherwise whole files, the largest first."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        return next((group for start, group in TOGETHER.items() if file.startswith(start)), file)
