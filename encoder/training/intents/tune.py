"""Tunes the encoder with a linear layer on its vectors until validation gains no more."""

import copy
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from tokenizers import Tokenizer
from torch.nn.functional import cross_entropy
from tqdm import tqdm
from transformers import PreTrainedModel, get_linear_schedule_with_warmup

from encoder.training.export import SentenceVectors
from encoder.training.intents.examples import Example

Floats = npt.NDArray[np.float32]

SEED = 20261121
_EPOCHS, _PATIENCE = 5, 1  # at most; epochs without gain on validation before it stops
_BATCH = 32
_RATE, _HEAD_RATE, _WARM_UP, _DECAY = 1e-4, 2e-3, 0.1, 0.01
_SMOOTHING = 0.05  # of the labels: some examples could stand under two intents
_DROPOUT = 0.1
_MOST_TOKENS = 48
_SCALE = 10.0  # the vectors have length 1, too short for a linear layer to be sure of anything
_SORTED_TOGETHER = 20 * _BATCH  # neighbours in length share a batch, so that little is padding


@dataclass(frozen=True)
class Tuned:
    """The tuned transformer with its linear layer: `weights` (intents, 384) and `biases` (intents,), for vectors of
    length 1. `accuracy` is its best on validation, after `epochs`."""

    transformer: PreTrainedModel
    weights: Floats
    biases: Floats
    intents: list[str]
    accuracy: float
    epochs: int


def tune(
    transformer: PreTrainedModel, tokenizer: Tokenizer, training: Sequence[Example], validation: Sequence[Example]
) -> Tuned:
    """Tune `transformer` in place; about two minutes an epoch of 12,000 examples on two cores."""
    torch.manual_seed(SEED)
    intents = sorted({example.intent for example in training})
    batches = _Batches(tokenizer, intents)
    model = _Classifier(transformer, len(intents))
    optimiser = torch.optim.AdamW(_groups(model), weight_decay=_DECAY, fused=True)
    steps = _EPOCHS * -(-len(training) // _BATCH)
    schedule = get_linear_schedule_with_warmup(optimiser, int(_WARM_UP * steps), steps)
    best, best_accuracy, best_epoch = copy.deepcopy(model.state_dict()), 0.0, 0
    for epoch in range(1, _EPOCHS + 1):
        model.train()
        with tqdm(
            list(batches.shuffled(training)), desc=f"epoch {epoch} of at most {_EPOCHS}", unit="step"
        ) as progress:
            for tokens, mask, labels in progress:
                loss = cross_entropy(model(tokens, mask), labels, label_smoothing=_SMOOTHING)
                optimiser.zero_grad()
                loss.backward()
                torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
                optimiser.step()
                schedule.step()
                progress.set_postfix(loss=f"{loss.item():.3f}", refresh=False)
        accuracy = _measure(model, batches, validation)
        print(f"  validation {accuracy:.2%}", flush=True)
        if accuracy > best_accuracy:
            best, best_accuracy, best_epoch = copy.deepcopy(model.state_dict()), accuracy, epoch
        elif epoch - best_epoch >= _PATIENCE:
            break
    model.load_state_dict(best)
    layer = model.layer
    weights, biases = layer.weight.detach().numpy() * _SCALE, layer.bias.detach().numpy()
    return Tuned(model.vectors.transformer.eval(), weights, biases, intents, best_accuracy, best_epoch)


class _Classifier(torch.nn.Module):
    def __init__(self, transformer: PreTrainedModel, intents: int) -> None:
        super().__init__()
        self.vectors = SentenceVectors(transformer)
        self.dropout = torch.nn.Dropout(_DROPOUT)
        self.layer = torch.nn.Linear(transformer.config.hidden_size, intents)

    def forward(self, tokens: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        """(batch, tokens) twice -> (batch, intents)."""
        scores: torch.Tensor = self.layer(self.dropout(self.vectors(tokens, mask) * _SCALE))
        return scores


class _Batches:
    def __init__(self, tokenizer: Tokenizer, intents: Sequence[str]) -> None:
        self._tokenizer = tokenizer
        self._places = {intent: place for place, intent in enumerate(intents)}
        self._chance = random.Random(SEED)

    def shuffled(self, examples: Sequence[Example]) -> Iterator[tuple[torch.Tensor, torch.Tensor, torch.Tensor]]:
        """All examples once, in an order of chance."""
        drawn = self._chance.sample(examples, len(examples))
        batches = [
            ordered[start : start + _BATCH]
            for at in range(0, len(drawn), _SORTED_TOGETHER)
            for ordered in [sorted(drawn[at : at + _SORTED_TOGETHER], key=lambda example: len(example.text))]
            for start in range(0, len(ordered), _BATCH)
        ]
        self._chance.shuffle(batches)
        return map(self.collate, batches)

    def collate(self, examples: Sequence[Example]) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """Token ids and mask (batch, tokens), and labels (batch,)."""
        ids = [self._tokenizer.encode(example.text).ids[:_MOST_TOKENS] for example in examples]
        width = max(map(len, ids))
        tokens = torch.tensor([row + [0] * (width - len(row)) for row in ids])
        mask = torch.tensor([[1] * len(row) + [0] * (width - len(row)) for row in ids])
        return tokens, mask, torch.tensor([self._places[example.intent] for example in examples])


@torch.no_grad()
def _measure(model: _Classifier, batches: _Batches, examples: Sequence[Example]) -> float:
    model.eval()
    ordered = sorted(examples, key=lambda example: len(example.text))
    right = 0
    for start in range(0, len(ordered), _BATCH):
        tokens, mask, labels = batches.collate(ordered[start : start + _BATCH])
        right += int((model(tokens, mask).argmax(dim=1) == labels).sum())
    return right / len(ordered)


def _groups(model: _Classifier) -> list[dict[str, object]]:
    """The transformer's parameters and the layer's, which starts from nothing and learns faster."""
    return [
        {"params": list(model.vectors.parameters()), "lr": _RATE},
        {"params": list(model.layer.parameters()), "lr": _HEAD_RATE},
    ]
