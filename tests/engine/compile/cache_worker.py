"""Compiles the same few graphs again and again into the cache that the environment names, and checks what they yield.

``python cache_worker.py check ROUNDS`` does so and prints a line for each round; ``python cache_worker.py die SEED``
does so in children that it kills at random moments until it is told to end, and then prints how many it killed;
``python cache_worker.py interrupt SEED ROUNDS`` is interrupted as by Ctrl-C at random moments, and goes on.
"""

from __future__ import annotations

import os
import random
import select
import signal
import sys
import threading
import time
from typing import Any

import numpy as np

import engine as tf
from engine.compile import cache
from engine.compile.kernel_files import KernelFiles, folder

GRAPHS = 3
X = np.linspace(-1.5, 2, 7, dtype=np.float32)


def program(number: int, x: Any) -> Any:
    """Return what the graph of this number computes: in binary it says which op follows which."""
    y = x
    for digit in f"{number:04b}":
        y = y * 1.25 if digit == "1" else y + x
    return y


def compile_and_check() -> None:
    """Compile all graphs anew as far as the disk lacks them, and compare with NumPy."""
    cache._loaded.clear()
    for number in range(GRAPHS):
        found = tf.function(lambda x, number=number: program(number, x))(tf.constant(X))
        np.testing.assert_allclose(np.asarray(found), program(number, X), rtol=1e-5)


def check(rounds: int) -> None:
    """Do so, now with an empty cache and now with what there is."""
    for number in range(rounds):
        if number % 2 == 0:
            KernelFiles(folder()).clear()
        compile_and_check()
        print("round", number, flush=True)


def die(seed: int, least: int) -> None:
    """Have children do so and kill each at some moment: so many at least, and on until a line comes in."""
    chance = random.Random(seed)
    killed = 0
    print("ready", flush=True)
    while killed < least or not select.select([sys.stdin], [], [], 0)[0]:
        child = os.fork()
        if child == 0:
            try:
                while True:
                    compile_and_check()
                    KernelFiles(folder()).clear()
            except BaseException as error:
                print("failed", repr(error), flush=True)
                os._exit(1)
        time.sleep(chance.uniform(0.01, 0.5))
        os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        killed += os.WIFSIGNALED(status)
    print("killed", killed, flush=True)


def interrupt(seed: int, rounds: int) -> None:
    """Be interrupted at some moment of each round, and do it all the same afterwards."""
    chance = random.Random(seed)
    hits = 0

    for _ in range(rounds):
        KernelFiles(folder()).clear()
        timer = threading.Timer(chance.uniform(0.001, 0.25), os.kill, (os.getpid(), signal.SIGINT))
        try:
            timer.start()
            compile_and_check()
            timer.join()
        except KeyboardInterrupt:
            hits += 1
        compile_and_check()
    print("interrupted", hits, flush=True)


if __name__ == "__main__":
    {"check": check, "die": die, "interrupt": interrupt}[sys.argv[1]](*map(int, sys.argv[2:]))
