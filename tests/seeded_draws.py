"""Draws with one seed, and parameters of many sizes, for the tests of random_polyagamma's arguments."""

import numpy as np

from polyagamma import random_polyagamma

H = np.linspace(0.5, 40.0, 4000)
Z = np.linspace(-200.0, 200.0, 4000)


def draw(*args, **kwargs):
    return random_polyagamma(*args, random_state=np.random.default_rng(11), **kwargs)
