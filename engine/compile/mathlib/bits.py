"""What floats are made of: their bits, fused products, and how the functions of this package are compiled."""

from __future__ import annotations

from typing import Any, Final

from numba import njit, types
from numba.extending import intrinsic

#: Products may be fused into sums, nothing else: "reassoc" would add up the parts of a constant that was split so that
#: a range reduction is exact. Inlined by force, since a call would keep the loop from being vectorised.
SAFE: Final[dict[str, Any]] = {"error_model": "numpy", "fastmath": {"contract"}, "forceinline": True}

#: As written: where the error of a sum or a product is computed, a product that is fused elsewhere would spoil it. It
#: has to be said, since a function that says nothing takes the flags of its caller.
EXACT: Final[dict[str, Any]] = {"error_model": "numpy", "fastmath": False, "forceinline": True}


def _bitcast(source: Any, target: Any) -> Any:
    """Return what reads the bits of one type as another; integers are first brought to the width of `source`."""

    @intrinsic
    def cast(typingctx: Any, value: Any) -> Any:
        def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
            return builder.bitcast(args[0], context.get_value_type(target))

        return target(source), codegen

    return cast


float32_of = _bitcast(types.uint32, types.float32)
float64_of = _bitcast(types.uint64, types.float64)
bits32 = _bitcast(types.float32, types.uint32)
bits64 = _bitcast(types.float64, types.uint64)


@intrinsic
def fma(typingctx: Any, x: Any, y: Any, z: Any) -> Any:
    """x·y + z, rounded once: an instruction of every processor since 2013, and a call on those before."""

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        return builder.fma(*args)

    return types.float64(types.float64, types.float64, types.float64), codegen


@intrinsic
def select(typingctx: Any, condition: Any, a: Any, b: Any) -> Any:
    """`a` where the condition holds, else `b`, both computed: a branch may keep a loop from being vectorised."""

    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        return builder.select(*args)

    return a(types.boolean, a, a), codegen


@njit(**EXACT)
def two_sum(a, b):  # type: ignore[no-untyped-def]
    """Return the rounded sum of two floats and what rounding took from it (Knuth)."""
    total = a + b
    part = total - a
    return total, (a - (total - part)) + (b - part)


@njit(**EXACT)
def two_product(a, b):  # type: ignore[no-untyped-def]
    """Return the rounded product of two floats and what rounding took from it."""
    product = a * b
    return product, fma(a, b, -product)
