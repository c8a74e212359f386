"""
What ``bench_regression.py`` measures: problems, systems, and the processes in which they live.

``laws.py``, ``problems.py``
    the laws of the project's own, and problems with their rows
``expressions.py``, ``grading.py``
    models as expressions of SymPy, and SRBench's grader
``system_*.py``
    the systems, each a module with what it needs imported in its own process only
``worker.py``, ``driver.py``
    the process in which one system lives, and the hand that drives it
``tables.py``
    the table and the verdicts
"""
