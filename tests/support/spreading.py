"""Which tests stay in one process where pytest-xdist spreads them over several (`make test`), and what begins first."""

from xdist.scheduler import LoadScopeScheduling
from xdist.workermanage import WorkerController

# Those that share what is dear to make: the whole assistant and its index, a trained model with its server, a browser.
TOGETHER = {
    "tests/system/": "the assistant",
    "tests/knowledge/test_questions.py": "the assistant",
    "tests/bot/test_door.py": "the bot",
    "tests/bot/test_failed_turns.py": "the bot",
    "tests/bot/test_inside.py": "the bot",
    "tests/bot/test_survival.py": "the bot",
    "tests/bot/test_training.py": "the bot",
    "tests/browser/": "the browser",
}
# What takes longest, though some are few tests: were they last, one process would end alone. The assistant comes after
# two others, beside which its model is trained.
FIRST = (
    "the bot",
    "the browser",
    "the assistant",
    "tests/channels/test_crowds.py",
    "tests/channels/test_faults.py",
    "tests/channels/test_processes.py",
    "tests/bot/test_validation.py",
    "tests/bot/test_cross_validation.py",
    "tests/knowledge/test_live.py",
    "tests/knowledge/test_index_building.py",
    "tests/saathi/demo/test_network.py",
    "tests/saathi/products/test_naming.py",
    "tests/saathi/scoring/test_training.py",
    "tests/vendors/test_page.py",
    "tests/benchmarks/test_knowledge_run.py",
    "tests/actions/test_live.py",
    "tests/ops/test_skill.py",
    "tests/ops/test_talk.py",
)


class Spreading(LoadScopeScheduling):
    """Hands out the groups of `TOGETHER` and otherwise whole files: those of `FIRST`, then the largest."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        return next((group for start, group in TOGETHER.items() if file.startswith(start)), file)

    def _assign_work_unit(self, node: WorkerController) -> None:
        first = next((scope for scope in FIRST if scope in self.workqueue), None)
        if first:
            self.workqueue.move_to_end(first, last=False)
        super()._assign_work_unit(node)
