"""Chains under JAX: how they share the cores, and compilation timed apart from running."""

import time
from collections.abc import Callable
from types import SimpleNamespace

import jax


def over_chains(problem: SimpleNamespace) -> Callable:
    """Return the mapping of a one-chain function over chains.

    On one core the chains are a batch, on several each has a device. Call it before anything else that
    uses JAX: precision and devices are fixed by first use.
    """
    jax.config.update("jax_enable_x64", problem.float64)
    if problem.cores == 1:
        return lambda function: jax.jit(jax.vmap(function))
    jax.config.update("jax_num_cpu_devices", problem.chains)
    return jax.pmap


def run_compiled(function: Callable, argument):
    """Compile the mapped `function`, then run it; return its value and the seconds of the run alone."""
    compiled = function.lower(argument).compile()
    start = time.perf_counter()
    value = jax.block_until_ready(compiled(argument))
    return value, time.perf_counter() - start
