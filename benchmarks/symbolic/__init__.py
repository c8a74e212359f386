"""
What ``bench_symbolic.py`` measures: expressions, peers, and the processes in which they live.

``expressions.py``
    the table of expressions
``peer.py``
    what every peer is: an expression prepared for one dtype, with a value and a gradient; SymPy's side of it
``peer_*.py``
    the peers, each class with what it needs imported in its own process only
``worker.py``, ``driver.py``
    the process in which one peer lives, and the hand that drives it
``tables.py``
    results, tables and verdicts
``costs.py``
    first call and call on one point, each in a fresh process
"""
