"""The benchmark's processes and verdicts."""
import os
import sys
import time
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / 'benchmarks'))

from regression.driver import Result, as_json  # noqa: E402
from regression.tables import line, print_unsolved, verdicts  # noqa: E402
from regression.worker import in_time  # noqa: E402


def test_an_answer_comes_with_its_seconds():
    found = in_time(lambda rows: {'model': rows + '*2'}, {'rows': 'x0'}, 10)
    assert found['model'] == 'x0*2' and 0 <= found['seconds'] < 10 and found['processor'] >= 0


def test_an_error_of_a_system_is_an_answer():
    assert in_time(lambda: 1/0, {}, 10)['error'] == 'ZeroDivisionError: division by zero'


def test_a_fit_that_is_late_ends_with_its_children(tmp_path):
    def fork_and_wait():
        os.fork()
        with open(tmp_path / 'pids', 'a') as file:
            file.write(f'{os.getpid()}\n')
        time.sleep(60)

    started = time.perf_counter()
    assert in_time(fork_and_wait, {}, 3) == {'error': 'no answer in 3 seconds'}
    assert time.perf_counter() - started < 30
    numbers = [int(number) for number in (tmp_path / 'pids').read_text().split()]
    assert len(numbers) == 2
    deadline = time.perf_counter() + 10
    while any(map(runs, numbers)) and time.perf_counter() < deadline:
        time.sleep(0.05)
    assert not any(map(runs, numbers))


def runs(number):
    """Return whether a process runs; one that nobody waited for does not."""
    try:
        return Path(f'/proc/{number}/stat').read_text().rsplit(')')[-1].split()[0] != 'Z'
    except FileNotFoundError:
        return False


def test_a_process_that_dies_is_an_error():
    assert in_time(lambda: os._exit(3), {}, 10) == {'error': 'the process died'}


def results(system, solved, total, seconds, complexity=5.0, in_srbench=True):
    return [Result(system, str(k), 'feynman', in_srbench, 'x', model='x0', seconds=seconds, r2=1.0 if k < solved else 0.2, complexity=complexity,
                   solved=k < solved, equivalent='proved') for k in range(total)]


@pytest.mark.parametrize('noise, solved, met', [(0, 88, True), (0, 87, False), (0.01, 60, True), (0.01, 59, False), (0.1, 35, True), (0.1, 34, False)])
def test_the_share_that_is_solved_decides(noise, solved, met):
    claims = list(verdicts({'ours': results('ours', solved, 100, 1.0)}, noise, 'ours'))
    assert claims[0] == ("SRBench's problems solved", f'{solved} of 100, {solved:.1f} %', f'>= {[88, 60, 35][[0, 0.01, 0.1].index(noise)]} %', met)


def test_a_peer_that_solves_as_many_is_not_beaten():
    found = {'ours': results('ours', 90, 100, 1.0), 'pyoperon': results('pyoperon', 90, 100, 2.0, complexity=5.0)}
    met = {claim: ok for claim, _, _, ok in verdicts(found, 0, 'ours')}
    assert not met['more solved than pyoperon']
    assert met["median seconds less than pyoperon's"]
    assert not met["median complexity less than pyoperon's"]


def test_fits_that_failed_count(capsys):
    found = [*results('ours', 1, 1, 1.0), Result('ours', 'late', 'feynman', True, 'y', error='no answer in 71 seconds')]
    assert line('ours', found)[1:5] == ['2', '1 of 2, 50.0 %', '1 of 2, 50.0 %', '1 of 2, 50.0 %']
    print_unsolved('ours', found)
    assert 'late: y' in (printed := capsys.readouterr().out) and 'no answer in 71 seconds' in printed
    assert as_json(found[1])['seconds'] is None
