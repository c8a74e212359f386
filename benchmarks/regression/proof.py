"""The process that proves a model equivalent to the truth, by Sage."""
import sage.all  # noqa: F401


def answer(truth, model, variables, ranges):
    return {"verdict": "undecided"}
