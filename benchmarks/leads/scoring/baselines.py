"""What a data scientist would try first: logistic regression and gradient boosting of scikit-learn, as they come."""

import numpy as np
from sklearn.compose import make_column_transformer
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, OrdinalEncoder, StandardScaler

from saathi.scoring.training.columns import Floats, Table

_MISSING = 999.0  # as the file has it
_MOST_WORDS = 250  # of a column; boosting takes no more than 255


def run_baselines(past: Table, won: Floats, later: Table) -> dict[str, Floats]:
    """The probabilities that each baseline, trained on `past`, gives to the rows of `later`."""
    numbers = [name for name, values in past.items() if values.dtype != object]
    words = [name for name in past if name not in numbers]
    learned, asked = _stack(past, numbers, words), _stack(later, numbers, words)
    at_numbers, at_words = list(range(len(numbers))), list(range(len(numbers), len(past)))
    logistic = make_pipeline(
        make_column_transformer((StandardScaler(), at_numbers), (OneHotEncoder(handle_unknown="ignore"), at_words)),
        LogisticRegression(max_iter=1000, solver="newton-cholesky"),
    )
    ordinal = OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=np.nan, max_categories=_MOST_WORDS)
    boosting = make_pipeline(
        make_column_transformer(("passthrough", at_numbers), (ordinal, at_words)),
        HistGradientBoostingClassifier(categorical_features=at_words, random_state=0),
    )
    models = {"logistic": logistic, "boosting": boosting}
    return {name: model.fit(learned, won).predict_proba(asked)[:, 1] for name, model in models.items()}


def _stack(table: Table, numbers: list[str], words: list[str]) -> np.ndarray:
    columns = [np.nan_to_num(table[name], nan=_MISSING) for name in numbers] + [table[name] for name in words]
    return np.column_stack([column.astype(object) for column in columns])
