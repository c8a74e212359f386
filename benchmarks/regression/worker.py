"""
The process of one system: ``python -m regression.worker MODULE``.

It reads requests from its input and writes answers to its output, one JSON object a line. A request is a call of the module's
function ``answer``; each is answered in a process of its own, forked when everything is imported, and ended with its time.
"""

import importlib
import json
import multiprocessing
import os
import resource
import signal
import sys
import time


def work(answer, request, connection):
    """Send the answer to a request, with the seconds of wall clock and of the processor."""
    os.setsid()  # so that its children end with it
    started = time.perf_counter()
    try:
        found = answer(**request)
    except Exception as error:  # whatever a system raises is an answer, too
        found = {"error": f"{type(error).__name__}: {str(error).strip()[:200]}"}
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    found["seconds"] = time.perf_counter() - started
    found["processor"] = sum(usage.ru_utime + usage.ru_stime for usage in used)
    connection.send(found)


def in_time(answer, request, limit):
    """Return the answer to a request, or an error when the time is over or its process has died."""
    context = multiprocessing.get_context("fork")
    receiver, sender = context.Pipe(duplex=False)
    process = context.Process(target=work, args=(answer, request, sender))
    process.start()
    sender.close()
    try:
        return receiver.recv() if receiver.poll(limit) else {"error": f"no answer in {limit:g} seconds"}
    except EOFError:
        return {"error": "the process died"}
    finally:
        end(process)


def end(process):
    """End a process and its children, if it has not ended."""
    if process.is_alive():
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except ProcessLookupError:  # it ended just now, or has not begun
            process.kill()
    process.join()


def main(module):
    # what libraries print goes to the other stream
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    module = importlib.import_module(module)
    print(json.dumps({"ready": getattr(module, "VERSION", "")}), file=answers, flush=True)
    for line in sys.stdin:
        request = json.loads(line)
        limit = request.pop("limit")
        print(json.dumps(in_time(module.answer, request, limit)), file=answers, flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
