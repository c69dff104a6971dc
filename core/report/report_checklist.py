# SPDX-License-Identifier: GPL-2.0-or-later
"""A reviewer's checklist of property models: what a careful reader would ask, and what the files answer.

An answer is (verdict, text); the verdicts are "good", "bad", "open" (not shown either way) and "none" (not tested). Every answer comes from the
model file alone, and what a file does not tell is "not tested", never a yes.
"""
import math

QUESTIONS = [
    ("Better than the mean of the samples?", "RMSE of the model and of the mean, on unseen samples"),
    ("Better than the coordinates alone?", "difference in R² to kriging without any spectrum, with its 95 % interval"),
    ("Does it hold away from the samples?", "R² in whole spatial blocks, beside random folds"),
    ("More than chance?", "share of runs with the property dealt out at random that score as well"),
    ("Is the score itself known?", "95 % interval of R²"),
    ("Enough samples?", "independent ones; 50 or more"),
    ("Do the prediction intervals hold?", "share of unseen samples inside, and the share aimed at"),
    ("Is it told where the model applies?", "area of applicability"),
    ("Was everything chosen inside the folds?", "folds, repeats, recipes among which was chosen"),
    ("Were all samples used?", "those left out stand in the model file with their reasons"),
    ("Can the run be repeated?", "seed, division, fingerprints of the inputs"),
]

NOT_TESTED = ("none", "not tested")


def better_than_mean(tools, document):
    model, mean = (tools.number(tools.pick(document, f"scores.{kind}.rmse")) for kind in ("mean", "intercept_only"))
    if model is None or mean is None:
        return NOT_TESTED
    return "good" if model < mean else "bad", f"{tools.figure_text(model)} against {tools.figure_text(mean)}"


def better_than_places(tools, document):
    gain = tools.pick(document, "scores.gain.r2")
    low, high = (tools.number(tools.pick(gain, key)) for key in ("lower", "upper"))
    if tools.pick(document, "scores.gain_over") != "kriging" or low is None or high is None:
        return NOT_TESTED
    verdict = "good" if low > 0 else "bad" if high < 0 else "open"
    said = tools.figure_text(tools.pick(gain, "estimate"), 2)
    return verdict, f"{said} ({tools.figure_text(low, 2)} to {tools.figure_text(high, 2)})"


def holds_in_space(tools, document):
    near, far = (tools.number(tools.pick(document, f"{kind}.mean.r2")) for kind in ("scores", "spatial"))
    if near is None or far is None:
        return NOT_TESTED
    verdict = "bad" if far <= 0 else "open" if far < near - 0.2 else "good"
    return verdict, f"{tools.figure_text(far, 2)} in blocks, {tools.figure_text(near, 2)} at random"


def more_than_chance(tools, document):
    test = tools.pick(document, "validation.permutation")
    p, runs = (tools.number(tools.pick(test, key)) for key in ("p", "permutations"))
    if p is None or runs is None:
        return NOT_TESTED
    return "good" if p <= 0.05 else "bad", f"p = {p:.2g} of {runs:.0f} permutations"


def score_known(tools, document):
    low, high = (tools.number(tools.pick(document, f"scores.interval.r2.{key}")) for key in ("lower", "upper"))
    if low is None or high is None:
        return NOT_TESTED
    verdict = "bad" if low <= 0 else "good" if high - low <= 0.3 else "open"
    return verdict, f"{tools.figure_text(low, 2)} to {tools.figure_text(high, 2)}"


def enough_samples(tools, document):
    groups, n = tools.number(tools.pick(document, "validation.groups")), tools.number(tools.pick(document, "scores.mean.n"))
    count = groups if groups is not None else n
    if count is None:
        return NOT_TESTED
    apart = f", {n - groups:.0f} more not independent" if groups is not None and n is not None and n > groups else ""
    return "good" if count >= 50 else "open" if count >= 30 else "bad", f"{count:.0f}{apart}"


def intervals_hold(tools, document):
    covered, level, n = (tools.number(tools.pick(document, key)) for key in ("scores.coverage", "level", "scores.mean.n"))
    if covered is None or level is None or not n:
        return NOT_TESTED
    error = 2.0 * math.sqrt(level * (1.0 - level) / n)
    verdict = "bad" if covered < level - error else "good" if covered <= level + error else "open"
    return verdict, f"{100 * covered:.0f} %, aimed at {100 * level:.0f} %"


def applies_where(tools, document):
    if tools.number(tools.pick(document, "applicability.threshold")) is not None:
        return "good", "dissimilarity index and mask in the map"
    return ("none", "lab features make no map") if tools.pick(document, "features") == "lab" else NOT_TESTED


def chosen_inside(tools, document):
    outer, inner, repeats = (tools.number(tools.pick(document, f"validation.{key}")) for key in ("outer_folds", "inner_folds", "repeats"))
    if outer is None or inner is None:
        return NOT_TESTED
    recipes = tools.pick(document, "recipes")
    count = len(recipes) if isinstance(recipes, list) else 1
    return "good", f"{repeats or 1:.0f} × {outer:.0f} folds, {inner:.0f} inner; {count} recipe{'' if count == 1 else 's'}"


def left_out(tools, document):
    dropped = tools.pick(document, "dropped")
    if not isinstance(dropped, list):
        return NOT_TESTED
    return "open" if dropped else "good", f"{len(dropped)} left out" if dropped else "none left out"


def repeatable(tools, document):
    seed, split = tools.number(tools.pick(document, "validation.seed")), tools.text(tools.pick(document, "validation.split_hash"))
    inputs = tools.pick(document, "record.inputs")
    if seed is None or not split or not isinstance(inputs, list):
        return NOT_TESTED
    return "good", f"seed {seed:.0f}, division {split[:8]}, {len(inputs)} inputs"


ANSWERS = [better_than_mean, better_than_places, holds_in_space, more_than_chance, score_known, enough_samples, intervals_hold,
           applies_where, chosen_inside, left_out, repeatable]


def view(tools, models):
    """Rows of the checklist: {question, note, answers}; models are those of the page; tools is report_view."""
    rows = []
    for (question, note), answer in zip(QUESTIONS, ANSWERS):
        rows.append({"question": question, "note": note,
                     "answers": [dict(zip(("verdict", "text"), answer(tools, model["document"]))) for model in models]})
    return rows
