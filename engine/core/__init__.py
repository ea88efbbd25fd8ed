"""The ground floor: dtypes, shapes, errors, parameters, and the op record."""
