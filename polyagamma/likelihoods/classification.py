"""Which likelihood labels have."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from polyagamma._validation import models as checks
from polyagamma.likelihoods.binomial import BinomialLikelihood, observed_binomial
from polyagamma.likelihoods.categorical import CategoricalLikelihood, observed_categorical

ClassLikelihood = BinomialLikelihood | CategoricalLikelihood


def classification_likelihood(
    y: Any,
    trials: ArrayLike | None,
    weights: ArrayLike | None,
    offset: ArrayLike | None,
    n_rows: int,
    success: Any = None,
) -> ClassLikelihood:
    """Return the likelihood of y: categorical if it has more than two labels and no trials.

    Raises
    ------
    TypeError, ValueError
        If an argument does not fit: the message names it.
    """
    if trials is None and (labels := checks.many_labels(y, n_rows)) is not None:
        if offset is not None:
            raise ValueError(
                f"offset needs two classes or trials, got {len(labels[0])} classes in y: drop it, since an "
                "offset that all classes share has no effect"
            )
        if success is not None:
            raise ValueError(
                f"success needs two classes, got {len(labels[0])} in y, all of them alike: drop it"
            )
        return CategoricalLikelihood(
            *labels, np.ones(n_rows), checks.weights(weights, n_rows), np.zeros(n_rows)
        )
    return BinomialLikelihood.check(y, trials, weights, offset, n_rows, success)


def observed_rows(model: ClassLikelihood, n: int, **rows: Any) -> ClassLikelihood:
    """Return n rows (y, and perhaps trials and weights) with the labels of a model.

    Raises
    ------
    TypeError, ValueError
        If one does not fit: the message names it.
    """
    observed = observed_binomial if isinstance(model, BinomialLikelihood) else observed_categorical
    return observed(model.classes, n, **rows)
