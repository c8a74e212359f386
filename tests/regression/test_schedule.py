"""The laws of a search come in the order of its tasks, whoever runs them; none is lost."""
import pytest

from sage_tf.regression.schedule import Agenda, Crew, Schedule
from sage_tf.regression.watch import Watch


def task(number, error=None):
    def run(problem, settings, over):
        yield from (f'{number}a', f'{number}b')
        if error is not None:
            raise error
    return run


class Backwards(Crew):
    """Others who take all tasks at once and do the last one first, one at each look at them; some are lost."""
    def __init__(self, agenda, watch, lost=()):
        super().__init__(agenda, watch)
        self._taken, self._lost = [], list(lost)

    def poll(self, seconds=0):
        while taken := self.begin():
            self._taken.append(taken)
        if not self._taken:
            return
        number, run = self._taken.pop()
        if number in self._lost:
            self._lost.remove(number)
            return self.lose(number, run)
        result = self.results[number]
        try:
            result.laws.extend(run(None, None, None))
        except ArithmeticError as error:
            result.error = error
        result.is_over = True


def scheduled(tasks, crew=Crew, watch=None, finished=0, **options):
    watch = watch or Watch()
    agenda = Agenda(tasks, finished)
    return Schedule(None, None, agenda, watch, crew(agenda, watch, **options), finished)


WANTED = ['0a', '0b', '1a', '1b', '2a', '2b']


@pytest.mark.parametrize('crew, options', [(Crew, {}), (Backwards, {}), (Backwards, {'lost': [1]}), (Backwards, {'lost': [0, 2, 2]})])
def test_laws_come_in_the_order_of_the_tasks(crew, options):
    schedule = scheduled(map(task, range(3)), crew, **options)
    assert list(schedule) == WANTED and schedule.finished == 3


@pytest.mark.parametrize('crew', [Crew, Backwards])
def test_tasks_that_are_finished_are_not_run_again(crew):
    schedule = scheduled(map(task, range(3)), crew, finished=2)
    assert list(schedule) == ['2a', '2b'] and schedule.finished == 3


def test_tasks_without_end_are_begun_one_by_one():
    def all_tasks():
        number = 0
        while True:
            yield task(number)
            number += 1
    laws = iter(scheduled(all_tasks()))
    assert [next(laws) for _ in WANTED] == WANTED


def test_a_task_that_is_lost_again_and_again_is_left_out():
    with pytest.warns(RuntimeWarning, match='task 1 of the search was lost 3 times with the process that ran it, and is left out'):
        assert list(scheduled(map(task, range(3)), Backwards, lost=[1, 1, 1])) == ['0a', '0b', '2a', '2b']


@pytest.mark.parametrize('crew', [Crew, Backwards])
def test_an_error_is_raised_when_it_is_the_turn_of_its_task(crew):
    laws, found = iter(scheduled([task(0), task(1, ArithmeticError('so')), task(2)], crew)), []
    with pytest.raises(ArithmeticError, match='so'):
        for law in laws:
            found.append(law)
    assert found == WANTED[:4]


def test_what_others_have_found_when_the_time_is_over_is_not_lost():
    watch = Watch(0.5)

    class Slow(Backwards):
        """Others who never do the first task."""
        def poll(self, seconds=0):
            if len(self._taken) != 1:
                super().poll(seconds)
    schedule = scheduled(map(task, range(3)), Slow, watch)
    assert list(schedule) == ['1a', '1b', '2a', '2b'] and schedule.finished == 0


def test_a_task_that_the_time_cuts_is_not_finished():
    def cut(problem, settings, over):
        yield 'a'
        while not over():
            pass
    schedule = scheduled([cut, task(1)], watch=Watch(0.2))
    assert list(schedule) == ['a'] and schedule.finished == 0
