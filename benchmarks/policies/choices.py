"""The choices of policies that stand beside each other, each as a `config.yml` of its own."""

from collections.abc import Mapping
from typing import Any

Config = dict[str, Any]
_LOOK_BACK = 5  # turns, the same for all
_TED = {
    "name": "TEDPolicy",
    "max_history": _LOOK_BACK,
    "epochs": 100,
    "constrain_similarities": True,
    "random_seed": 42,
}
_REMEMBER = {"name": "MemoizationPolicy", "max_history": _LOOK_BACK}
_REMEMBER_LATER = {"name": "AugmentedMemoizationPolicy", "max_history": _LOOK_BACK}


def make_choices(config: Mapping[str, Any]) -> dict[str, Config]:
    """Return the configurations by their name in the table; the rules are those of the project's own `config`.

    They train no understanding: the messages of a path are given as intents. ValueError where `config` has no rules.
    """
    rules = next((policy for policy in config["policies"] if policy["name"] == "RulePolicy"), None)
    if rules is None:
        raise ValueError("config.yml has no RulePolicy: the rules of data/stories would decide nothing")
    rest = {name: config[name] for name in ("recipe", "assistant_id", "language")}
    policies = {
        "Rule": [rules],
        "Memoization + Rule": [_REMEMBER, rules],
        "AugmentedMemoization + Rule": [_REMEMBER_LATER, rules],
        "Memoization + Rule + TED": [_REMEMBER, rules, _TED],
        "AugmentedMemoization + Rule + TED": [_REMEMBER_LATER, rules, _TED],
    }
    return {name: {**rest, "pipeline": [], "policies": chosen} for name, chosen in policies.items()}
