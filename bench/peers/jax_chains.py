"""Chains under JAX: how they share the cores, and compilation timed apart from running."""

import time
from collections.abc import Callable
from types import SimpleNamespace

import jax


def configure(problem: SimpleNamespace) -> None:
    """Fix the precision; call it before anything else that uses JAX."""
    jax.config.update("jax_enable_x64", problem.float64)


def run_chains(function: Callable, chains, cores: int):
    """Apply `function` to every chain; return the values, and the seconds that this took once compiled.

    `chains` is a tree of arrays with the chains along their first axis. They run as one batch on each core;
    the environment variable JAX_NUM_CPU_DEVICES makes each core a device.
    """
    batches = jax.tree.map(lambda a: a.reshape(cores, -1, *a.shape[1:]), chains)
    compiled = jax.pmap(jax.vmap(function)).lower(batches).compile()
    start = time.perf_counter()
    values = jax.block_until_ready(compiled(batches))
    seconds = time.perf_counter() - start
    return jax.tree.map(lambda a: a.reshape(-1, *a.shape[2:]), values), seconds
