"""Where BLAS is: the library that NumPy has loaded, else SciPy's."""

from __future__ import annotations

import ctypes
from typing import Final

import numpy as np

#: Names that the product of matrices goes by: in NumPy's wheels, and in libraries with integers of 8 or of 4 bytes.
_NAMES: Final = ("scipy_{}gemm_64_", "scipy_{}gemm_", "{}gemm_64_", "{}gemm_")


def addresses() -> dict[str, int]:
    """Return the addresses of Fortran's ``sgemm`` and ``dgemm`` by their first letters.

    SciPy's BLAS would be a second library beside NumPy's, with threads of its own, and takes 0.1 s to import.
    """
    extension = ctypes.CDLL(np._core._multiarray_umath.__file__)  # type: ignore[attr-defined]
    for name in _NAMES:
        try:
            found = {letter: getattr(extension, name.format(letter)) for letter in "sd"}
        except AttributeError:
            continue
        return {letter: ctypes.cast(function, ctypes.c_void_p).value or 0 for letter, function in found.items()}
    return _of_scipy()


def _of_scipy() -> dict[str, int]:
    from scipy.linalg import cython_blas

    pointer = ctypes.pythonapi.PyCapsule_GetPointer
    pointer.restype, pointer.argtypes = ctypes.c_void_p, [ctypes.py_object, ctypes.c_char_p]
    name = ctypes.pythonapi.PyCapsule_GetName
    name.restype, name.argtypes = ctypes.c_char_p, [ctypes.py_object]
    capsules = {letter: cython_blas.__pyx_capi__[f"{letter}gemm"] for letter in "sd"}
    return {letter: pointer(capsule, name(capsule)) for letter, capsule in capsules.items()}
