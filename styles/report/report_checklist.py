# SPDX-License-Identifier: GPL-2.0-or-later
"""A reviewer's checklist of property models: the questions of a careful reader, with the answers of the model files.

An answer is (verdict, text); the verdicts are "good", "bad", "open" (undecided) and "none" (not tested). Every answer comes from the
model file alone; what is not in the file is "not tested", never a yes.
"""
import math

from report_text import figure_text, number, pick, text

QUESTIONS = [
    ("Better than the mean of the samples?", "RMSE of the model and of the mean, on unseen samples"),
    ("Better than the coordinates alone?", "difference in R² to kriging without any spectrum, with its 95 % interval"),
    ("Does it hold away from the samples?", "R² in whole spatial blocks, compared with random folds"),
    ("More than chance?", "share of runs with a randomly permuted property that score as well"),
    ("Is the score itself certain?", "95 % interval of R²"),
    ("Enough samples?", "independent samples; 50 or more"),
    ("Do the prediction intervals hold?", "share of unseen samples inside, and the nominal share"),
    ("Is it known where the model applies?", "area of applicability"),
    ("Was everything chosen inside the folds?", "folds, repeats, number of recipes compared"),
    ("Were all samples used?", "the model file lists excluded samples with their reasons"),
    ("Can the run be repeated?", "seed, folds, fingerprints of the inputs"),
]

NOT_TESTED = ("none", "not tested")


def better_than_mean(document):
    model, mean = (number(pick(document, f"scores.{kind}.rmse")) for kind in ("mean", "intercept_only"))
    if model is None or mean is None:
        return NOT_TESTED
    return "good" if model < mean else "bad", f"{figure_text(model)} against {figure_text(mean)}"


def better_than_coordinates(document):
    gain = pick(document, "scores.gain.r2")
    low, high = (number(pick(gain, key)) for key in ("lower", "upper"))
    if pick(document, "scores.gain_over") != "kriging" or low is None or high is None:
        return NOT_TESTED
    verdict = "good" if low > 0 else "bad" if high < 0 else "open"
    estimate = figure_text(pick(gain, "estimate"), 2)
    return verdict, f"{estimate} ({figure_text(low, 2)} to {figure_text(high, 2)})"


def holds_in_space(document):
    near, far = (number(pick(document, f"{kind}.mean.r2")) for kind in ("scores", "spatial"))
    if near is None or far is None:
        return NOT_TESTED
    verdict = "bad" if far <= 0 else "open" if far < near - 0.2 else "good"
    return verdict, f"{figure_text(far, 2)} in blocks, {figure_text(near, 2)} at random"


def more_than_chance(document):
    test = pick(document, "validation.permutation")
    p, runs = (number(pick(test, key)) for key in ("p", "permutations"))
    if p is None or runs is None:
        return NOT_TESTED
    return "good" if p <= 0.05 else "bad", f"p = {p:.2g} of {runs:.0f} permutations"


def score_known(document):
    low, high = (number(pick(document, f"scores.interval.r2.{key}")) for key in ("lower", "upper"))
    if low is None or high is None:
        return NOT_TESTED
    verdict = "bad" if low <= 0 else "good" if high - low <= 0.3 else "open"
    return verdict, f"{figure_text(low, 2)} to {figure_text(high, 2)}"


def enough_samples(document):
    groups, n = number(pick(document, "validation.groups")), number(pick(document, "scores.mean.n"))
    count = groups if groups is not None else n
    if count is None:
        return NOT_TESTED
    apart = f", {n - groups:.0f} more not independent" if groups is not None and n is not None and n > groups else ""
    return "good" if count >= 50 else "open" if count >= 30 else "bad", f"{count:.0f}{apart}"


def intervals_hold(document):
    covered, level, n = (number(pick(document, key)) for key in ("scores.coverage", "level", "scores.mean.n"))
    if covered is None or level is None or not n:
        return NOT_TESTED
    error = 2.0 * math.sqrt(level * (1.0 - level) / n)
    verdict = "bad" if covered < level - error else "good" if covered <= level + error else "open"
    return verdict, f"{100 * covered:.0f} %, nominal {100 * level:.0f} %"


def applies_where(document):
    if number(pick(document, "applicability.threshold")) is not None:
        return "good", "dissimilarity index and mask in the map"
    return ("none", "a model of lab spectra makes no map") if pick(document, "features") == "lab" else NOT_TESTED


def chosen_inside(document):
    outer, inner, repeats = (number(pick(document, f"validation.{key}")) for key in ("outer_folds", "inner_folds", "repeats"))
    if outer is None or inner is None:
        return NOT_TESTED
    recipes = pick(document, "recipes")
    count = len(recipes) if isinstance(recipes, list) else 1
    return "good", f"{repeats or 1:.0f} × {outer:.0f} folds, {inner:.0f} inner; {count} recipe{'' if count == 1 else 's'}"


def excluded(document):
    found = pick(document, "dropped")
    if not isinstance(found, list):
        return NOT_TESTED
    return "open" if found else "good", f"{len(found)} excluded" if found else "none excluded"


def repeatable(document):
    seed, split = number(pick(document, "validation.seed")), text(pick(document, "validation.split_hash"))
    inputs = pick(document, "record.inputs")
    if seed is None or not split or not isinstance(inputs, list):
        return NOT_TESTED
    return "good", f"seed {seed:.0f}, folds {split[:8]}, {len(inputs)} inputs"


ANSWERS = [better_than_mean, better_than_coordinates, holds_in_space, more_than_chance, score_known, enough_samples, intervals_hold,
           applies_where, chosen_inside, excluded, repeatable]


def view(models):
    """Rows of the checklist: {question, note, answers}; models are those of the page."""
    rows = []
    for (question, note), answer in zip(QUESTIONS, ANSWERS):
        rows.append({"question": question, "note": note,
                     "answers": [dict(zip(("verdict", "text"), answer(model["document"]))) for model in models]})
    return rows
