"""Threads: small products run on one, large ones on all, in every BLAS that is loaded."""

from __future__ import annotations

import threadpoolctl

from engine.runtime.threads import PARALLEL_PRODUCT, available, set_blas_threads, threads_for


def test_small_products_take_one_thread_and_large_ones_all() -> None:
    assert threads_for(PARALLEL_PRODUCT - 1) == 1
    assert threads_for(PARALLEL_PRODUCT) == available() >= 1


def test_every_pool_gets_the_number() -> None:
    for count in (1, available(), 1):
        set_blas_threads(count)
        pools = [p for p in threadpoolctl.threadpool_info() if p["user_api"] == "blas"]
        assert {p["num_threads"] for p in pools} <= {count}
