r"""
What of Sage's functions is computed, and how

EXAMPLES::

    sage: from sage_tf.symbolic.coverage import coverage
    sage: next(line for line in coverage() if line.name == 'lambert_w')
    Coverage(name='lambert_w', arguments=2, kind='composition', dtypes='real, complex', note='...')

Every entry of Sage's table of symbolic functions is accounted for, and most are computed::

    sage: from sage.symbolic.expression import symbol_table
    sage: names = {line.name for line in coverage()}
    sage: set(symbol_table['functions']) - names
    set()
    sage: sum(line.kind != 'none' for line in coverage() if line.name in symbol_table['functions']) >= 135
    True
"""
from collections import namedtuple

from sage_tf.symbolic.functions import FUNCTIONS, VARIANTS
from sage_tf.symbolic.row import KINDS

Coverage = namedtuple('Coverage', 'name arguments kind dtypes note')


def coverage():
    r"""
    Return what is computed of each function of the table.

    OUTPUT: list of named tuples, in alphabetical order: the name, the number of arguments (``None`` for any), one of
    ``sage_tf.symbolic.row.KINDS``, the dtypes and a note

    EXAMPLES::

        sage: from sage_tf.symbolic.coverage import coverage
        sage: {line.name: line.kind for line in coverage()}['sin']
        'operation'
    """
    names = {variant: name for (name, _), variant in VARIANTS.items()}
    return [Coverage(names.get(key, key), row.arity, row.kind, _dtypes(row), row.note)
            for key, row in sorted(FUNCTIONS.items(), key=lambda item: (names.get(item[0], item[0]).lower(), item[1].arity or 0))]


def _dtypes(row):
    """Return the kinds of dtype for which a row has a form, as a phrase."""
    if row.kind == 'compound':
        return 'real, complex'
    return ', '.join(kind for kind in ('real', 'complex') if getattr(row, kind) is not None)


def as_page():
    r"""
    Return the documentation page of the functions, in reStructuredText.

    EXAMPLES::

        sage: from sage_tf.symbolic.coverage import as_page
        sage: print(as_page()[:21])
        Functions of Sage
        ===
    """
    lines = coverage()
    counts = {kind: sum(line.kind == kind for line in lines) for kind in KINDS}
    head = ["Functions of Sage", "=" * 17, "",
            "Made from the table ``sage_tf.symbolic.functions.FUNCTIONS``. A function is computed by:", "",
            *(f"- **{kind}** ({counts[kind]}): {meaning}" for kind, meaning in KINDS.items()), "",
            "Those computed on the host are the ones that XLA does not compile and that no SavedModel holds. Arguments of real dtypes",
            "outside of the real domain give NaN. Complex dtypes follow the branch cuts of Sage; on a cut the value is that of Sage for an",
            "element of ``CC``, whatever the sign of a zero: of the logarithm, roots and powers the one from above, of the inverse trigonometric",
            "and hyperbolic functions the one that is met counter-clockwise around the branch point.", "",
            ".. list-table::", "   :header-rows: 1", "   :widths: 20 10 15 15 40", ""]
    rows = [("function", "arguments", "computed by", "dtypes", "note"),
            *((f"``{line.name}``", "any" if line.arguments is None else str(line.arguments), line.kind, line.dtypes, line.note)
              for line in lines)]
    return "\n".join([*head, *(text for row in rows for text in _cells(row))]) + "\n"


def _cells(row):
    """Return the lines of a row of a list-table."""
    return [f"   {'* -' if k == 0 else '  -'} {cell}".rstrip() for k, cell in enumerate(row)]
