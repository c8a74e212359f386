"""The exception that ends a search comes where the search is, and nowhere else."""
import threading
import time

import pytest

from sage_tf.regression.watch import Overtime, Watch


@pytest.mark.parametrize('seconds', [0.0, 1e-6, 1e-4, 1e-3, 0.01, 0.1])
def test_no_exception_comes_after_the_block(seconds):
    before = threading.active_count()
    for _ in range(5):
        watch = Watch(seconds)
        time.sleep(2 * seconds)                                 # the time is over when the block begins
        with pytest.raises(Overtime), watch.enforced():
            while True:
                pass
    start = time.perf_counter()
    while time.perf_counter() - start < 1.5:                    # the exception would come again each second
        pass
    assert threading.active_count() <= before


def test_an_exception_that_is_dropped_comes_again():
    dropped = 0
    with pytest.raises(Overtime), Watch(0.05).enforced():
        while True:
            try:
                time.sleep(0.01)
            except Overtime:
                dropped += 1
                if dropped > 1:
                    raise
    assert dropped == 2
