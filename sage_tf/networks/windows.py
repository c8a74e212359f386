r"""
Layers that look through windows: convolutions and pooling, padding and cropping

EXAMPLES::

    sage: import numpy
    sage: from sage_tf.networks.windows import windows
    sage: windows(numpy.arange(4r).reshape(4r, 1r), (3r,), (1r,), 'same', (1r,))[..., 0r]
    array([[-1,  0,  1],
           [ 0,  1,  2],
           [ 1,  2,  3],
           [ 2,  3, -1]])
"""
import numpy as np
from scipy import sparse


def windows(wires, size, strides, padding, dilation):
    r"""
    Return what each window sees: an array of the shape (positions..., entries of the window, channels), -1 outside.

    INPUT:

    - ``wires`` -- array of wires of the shape (space..., channels)

    - ``size``, ``strides``, ``dilation`` -- tuples of integers, one for each axis of the space

    - ``padding`` -- ``'valid'``, ``'same'`` or ``'causal'``

    EXAMPLES::

        sage: import numpy
        sage: from sage_tf.networks.windows import windows
        sage: windows(numpy.arange(5r).reshape(5r, 1r), (2r,), (2r,), 'valid', (1r,))[..., 0r]
        array([[0, 1],
               [2, 3]])
    """
    before, counts = zip(*map(_extent, wires.shape[:-1], size, strides, [padding] * len(size), dilation), strict=True)
    axes = []
    for n, count, start, stride, width, step in zip(wires.shape, counts, before, strides, size, dilation, strict=False):
        places = np.arange(count)[:, None] * stride - start + np.arange(width) * step
        axes.append(np.where((places >= 0) & (places < n), places, n))
    padded = np.pad(wires, [(0, 1)] * (wires.ndim - 1) + [(0, 0)], constant_values=-1)
    d = len(size)
    grid = [places.reshape([places.shape[0] if a == k else 1 for a in range(d)] + [places.shape[1] if a == k else 1 for a in range(d)])
            for k, places in enumerate(axes)]
    seen = padded[tuple(np.broadcast_arrays(*grid))]
    return seen.reshape(*counts, -1, wires.shape[-1])


def _extent(n, width, stride, padding, dilation):
    """Return how far the first window begins outside, and the number of windows, along one axis."""
    reach = (width - 1) * dilation + 1
    if padding == 'valid':
        return 0, max(0, (n - reach) // stride + 1)
    if padding == 'causal':
        return reach - 1, (n - 1) // stride + 1
    count = -(-n // stride)
    return max(0, (count - 1) * stride + reach - n) // 2, count


def _last(layer, wires):
    """Return wires with the channels last."""
    return np.moveaxis(wires, 0, -1) if layer.data_format == 'channels_first' else wires


def _back(layer, wires):
    """Return wires with the channels where the layer has them."""
    return np.moveaxis(wires, -1, 0) if layer.data_format == 'channels_first' else wires


def convolution(tape, layer, wires):
    """
    Return the wires of a convolution in any number of dimensions, with groups, strides and dilation.

    EXAMPLES::

        sage: import keras
        sage: from sage_tf.networks.tape import Tape
        sage: from sage_tf.networks.windows import convolution
        sage: layer = keras.layers.Conv2D(3r, 2r); layer.build((None, 4r, 4r, 1r))
        sage: tape = Tape((4r, 4r, 1r)); convolution(tape, layer, tape.inputs).shape, tape.steps
        ((3, 3, 3), [affine 16 -> 27])
    """
    kernel = _array(layer.kernel)
    seen = windows(_last(layer, wires), layer.kernel_size, layer.strides, layer.padding, layer.dilation_rate)
    taps = kernel.reshape(-1, *kernel.shape[-2:])                               # taps, channels of a group, filters
    groups, filters = layer.groups, kernel.shape[-1]
    channels = taps.shape[1]
    columns = [seen[..., (f * groups // filters) * channels:(f * groups // filters + 1) * channels] for f in range(filters)]
    return _finished(tape, layer, np.stack(columns, axis=-3), np.moveaxis(taps, -1, 0))


def depthwise(tape, layer, wires):
    """Return the wires of a convolution of each channel by itself."""
    return _finished(tape, layer, *_depthwise_terms(layer, layer.kernel, wires))


def _depthwise_terms(layer, kernel, wires):
    """Return what each output sees of the input, and the coefficients."""
    kernel = _array(kernel)
    seen = windows(_last(layer, wires), layer.kernel_size, layer.strides, layer.padding, layer.dilation_rate)
    channels, multiplier = kernel.shape[-2:]
    columns = [seen[..., c:c + 1] for c in range(channels) for _ in range(multiplier)]
    return np.stack(columns, axis=-3), np.moveaxis(kernel.reshape(-1, channels * multiplier, 1), 1, 0)


def separable(tape, layer, wires):
    """Return the wires of a convolution of each channel, followed by one across the channels."""
    middle = _sums(tape, *_depthwise_terms(layer, layer.depthwise_kernel, wires))
    kernel = _array(layer.pointwise_kernel)
    taps = kernel.reshape(-1, *kernel.shape[-2:])
    seen = middle[..., None, :]
    return _finished(tape, layer, np.stack([seen] * kernel.shape[-1], axis=-3), np.moveaxis(taps, -1, 0))


def _array(weight):
    return weight.numpy().astype(np.float64)


def _sums(tape, seen, taps, bias=None):
    """Return the wires of sums over windows: ``seen`` of shape (positions..., filters, taps, channels), ``taps`` (filters, taps, channels)."""
    positions = seen.shape[:-2]
    coefficients = np.broadcast_to(taps, seen.shape)
    inside = seen >= 0
    rows = np.broadcast_to(np.arange(int(np.prod(positions))).reshape(*positions, 1, 1), seen.shape)[inside]
    used, columns = np.unique(seen[inside], return_inverse=True)
    matrix = sparse.csr_matrix((coefficients[inside], (rows, columns.ravel())), shape=(int(np.prod(positions)), len(used)))
    offset = None if bias is None else np.broadcast_to(bias, positions).ravel()
    return tape.affine(used, matrix, offset, shape=positions)


def _finished(tape, layer, seen, taps):
    """Return a convolution with its bias and activation."""
    from sage_tf.networks.layers import activation
    out = _sums(tape, seen, taps, None if layer.bias is None else _array(layer.bias))
    return activation(tape, layer.activation, _back(layer, out), layer.compute_dtype, f"the layer {layer.name}")


def _pooling_windows(layer, wires):
    seen = windows(_last(layer, wires), layer.pool_size, layer.strides, layer.padding, (1,) * len(layer.pool_size))
    return np.moveaxis(seen, -1, -2)                                            # positions, channels, entries


def max_pooling(tape, layer, wires):
    """Return the wires of the largest entries; what lies outside has no part."""
    seen = _pooling_windows(layer, wires)
    first = np.take_along_axis(seen, (seen >= 0).argmax(axis=-1)[..., None], -1)
    return _back(layer, tape.largest(np.where(seen >= 0, seen, first)))


def average_pooling(tape, layer, wires):
    """Return the wires of the means; what lies outside does not count."""
    return _back(layer, mean(tape, _pooling_windows(layer, wires)))


def mean(tape, seen):
    """
    Return the wires of the means along the last axis, in which -1 does not count.

    EXAMPLES::

        sage: import numpy
        sage: from sage_tf.networks.tape import Tape
        sage: from sage_tf.networks.windows import mean
        sage: tape = Tape((3r,)); mean(tape, numpy.array([[0r, 1r, -1r], [0r, 1r, 2r]])), tape.steps[0r].divisor
        (array([3, 4]), array([2., 3.]))
    """
    positions = seen.shape[:-1]
    inside = seen >= 0
    rows = np.broadcast_to(np.arange(int(np.prod(positions))).reshape(*positions, 1), seen.shape)[inside]
    used, columns = np.unique(seen[inside], return_inverse=True)
    matrix = sparse.csr_matrix((np.ones(len(rows)), (rows, columns.ravel())), shape=(int(np.prod(positions)), len(used)))
    return tape.affine(used, matrix, divisor=inside.sum(axis=-1).astype(float), shape=positions)


def _entries(layer, wires):
    """Return wires of the shape (channels, entries), and what shape one for each channel has."""
    last = _last(layer, wires)
    rows = last.reshape(-1, last.shape[-1]).T
    kept = (1,) * (wires.ndim - 1)
    shape = (rows.shape[0],) if not layer.keepdims else (rows.shape[0], *kept) if layer.data_format == 'channels_first' else (*kept, rows.shape[0])
    return rows, shape


def global_average(tape, layer, wires):
    """Return the wires of the mean of each channel."""
    rows, shape = _entries(layer, wires)
    return mean(tape, rows).reshape(shape)


def global_max(tape, layer, wires):
    """Return the wires of the largest entry of each channel."""
    rows, shape = _entries(layer, wires)
    return tape.largest(rows).reshape(shape)


def _pairs(sizes):
    """Return what is cut or padded before and after on each axis."""
    if isinstance(sizes, int):
        return [(sizes, sizes)]
    return [tuple(sizes)] if isinstance(sizes[0], int) else [tuple(pair) for pair in sizes]


def cropping(tape, layer, wires):
    """Return the wires that are left."""
    first = getattr(layer, 'data_format', None) == 'channels_first'
    last = np.moveaxis(wires, 0, -1) if first else wires
    cut = last[tuple(slice(a, n - b) for (a, b), n in zip(_pairs(layer.cropping), last.shape, strict=False))]
    return np.moveaxis(cut, -1, 0) if first else cut


def zero_padding(tape, layer, wires):
    """Return the wires with zeros around them."""
    first = getattr(layer, 'data_format', None) == 'channels_first'
    last = np.moveaxis(wires, 0, -1) if first else wires
    zero = tape.constants((), 0.0)
    out = np.pad(last, [*_pairs(layer.padding), (0, 0)], constant_values=int(zero))
    return np.moveaxis(out, -1, 0) if first else out


def up_sampling(tape, layer, wires):
    """Return the wires, each several times."""
    if getattr(layer, 'interpolation', 'nearest') != 'nearest':
        raise NotImplementedError(f"the layer {layer.name} interpolates by {layer.interpolation}; expected 'nearest'")
    sizes = (layer.size,) if isinstance(layer.size, int) else tuple(layer.size)
    last = _last(layer, wires) if hasattr(layer, 'data_format') else wires
    for axis, n in enumerate(sizes):
        last = np.repeat(last, n, axis=axis)
    return _back(layer, last) if hasattr(layer, 'data_format') else last


