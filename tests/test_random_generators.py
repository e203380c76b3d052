"""random_polyagamma: generators, seeds and locks; threads, which change no number."""

import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from seeded_draws import H, Z, draw

from polyagamma import random_polyagamma

# ---- generators

BIT_GENERATORS = [np.random.PCG64, np.random.PCG64DXSM, np.random.MT19937, np.random.Philox, np.random.SFC64]


def test_every_kind_of_random_state():
    states = [
        np.random.default_rng(5), np.random.PCG64(5), np.random.SeedSequence(5), np.int64(5), [5],
        np.random.RandomState(np.random.PCG64(5)),
    ]  # fmt: skip
    for state in states:
        assert random_polyagamma(2.5, 1.0, random_state=state) == random_polyagamma(2.5, 1.0, random_state=5)


@pytest.mark.parametrize("kind", BIT_GENERATORS)
def test_every_bit_generator(kind):
    first, second, other = kind(5), kind(5), kind(6)
    drawn = random_polyagamma(2.5, 1.0, size=3000, random_state=first)
    np.testing.assert_array_equal(random_polyagamma(2.5, 1.0, size=3000, random_state=second), drawn)
    assert not np.isin(random_polyagamma(2.5, 1.0, size=3000, random_state=other), drawn).any()
    assert random_polyagamma(random_state=first) == random_polyagamma(random_state=second)


@pytest.mark.parametrize("size", [(), 1, 1024, 5000, 300_000])
def test_an_array_takes_four_words(size):
    rng = np.random.default_rng(5)
    random_polyagamma(7.3, 1.0, size=size, random_state=rng)
    skipped = np.random.PCG64(5)
    skipped.random_raw(4)
    assert rng.bit_generator.state == skipped.state


def test_a_generator_moves_on():
    rng = np.random.default_rng(5)
    drawn = [random_polyagamma(random_state=rng) for _ in range(100)]
    drawn += [float(random_polyagamma(size=1, random_state=rng)[0]) for _ in range(100)]
    assert len(set(drawn)) == 200


def test_legacy_generator_moves_on():
    state = np.random.RandomState(5)
    assert random_polyagamma(random_state=state) != random_polyagamma(random_state=state)


def test_without_a_seed_draws_differ():
    assert random_polyagamma() != random_polyagamma()
    assert not np.isin(random_polyagamma(size=2000), random_polyagamma(size=2000)).any()


@pytest.mark.parametrize("bad", ["5", 1.5, np.random, object(), {"seed": 5}])
@pytest.mark.parametrize("size", [None, 3])
def test_what_is_no_random_state(bad, size):
    with pytest.raises(TypeError, match=r"random_state must be None, a non-negative int, .* got"):
        random_polyagamma(random_state=bad, size=size)


def test_negative_seed():
    with pytest.raises(ValueError, match=r"random_state must be None, a non-negative int, .* got int -1"):
        random_polyagamma(random_state=-1)


@pytest.mark.parametrize("size", [None, 3])
def test_the_lock_of_the_generator_is_held(size):
    rng = np.random.default_rng(5)
    done = threading.Event()

    def other():
        random_polyagamma(random_state=rng, size=size)
        done.set()

    with rng.bit_generator.lock:
        thread = threading.Thread(target=other)
        thread.start()
        assert not done.wait(0.1)
    thread.join()
    assert done.is_set()


def test_threads_may_share_a_generator():
    alone, shared = np.random.default_rng(5), np.random.default_rng(5)
    expected = {random_polyagamma(2.5, 1.0, size=2000, random_state=alone).tobytes() for _ in range(64)}
    with ThreadPoolExecutor(8) as pool:
        tasks = [pool.submit(random_polyagamma, 2.5, 1.0, size=2000, random_state=shared) for _ in range(64)]
    assert {task.result().tobytes() for task in tasks} == expected


# ---- threads of our own


@pytest.mark.parametrize("threads", [1, 2, 3, 7, np.int64(2), 10**6])
def test_threads_change_no_number(threads):
    h, z = np.resize(H, 300_001), np.resize(Z[:777], 300_001)
    np.testing.assert_array_equal(draw(h, z, threads=threads), draw(h, z))


def test_threads_of_the_environment(monkeypatch):
    expected = draw(H, Z)
    for text in ("", "1", "2", "64"):
        monkeypatch.setenv("POLYAGAMMA_NUM_THREADS", text)
        np.testing.assert_array_equal(draw(H, Z), expected)


@pytest.mark.parametrize("text", ["0", "-1", "two", "1.5"])
def test_bad_threads_of_the_environment(monkeypatch, text):
    monkeypatch.setenv("POLYAGAMMA_NUM_THREADS", text)
    with pytest.raises(ValueError, match=f"POLYAGAMMA_NUM_THREADS must be a positive integer, got '{text}'"):
        draw(H, Z)
    draw(H, Z, threads=1)


@pytest.mark.parametrize(
    ("bad", "error", "message"),
    [
        (0, ValueError, "threads must be at least 1, got 0"),
        (-2, ValueError, "threads must be at least 1, got -2"),
        (1.5, TypeError, "threads must be made of integers, got float 1.5"),
    ],
)
def test_bad_threads(bad, error, message):
    with pytest.raises(error, match=message):
        draw(H, Z, threads=bad)
