"""Random numbers on rows of lanes: every variable has its own stateless stream, keyed by name, with random access.

The value of iteration k of a replicate is a van der Corput point, Owen-scrambled twice: the index is shuffled and the
digits are scrambled, each by a hash that permutes a binary tree (S. Laine and T. Karras, "Stratified sampling for stochastic
transparency", 2011; A. Owen, "Randomly permuted (t,m,s)-nets", 1995), in the stronger mixing published by N. Vegdahl,
"Building a better LK hash", 2021. So a variable is stratified over any run of 2^m iterations and independent of all others.

A few variables that matter most are stratified together: each is a dimension of one Sobol sequence (I. M. Sobol', 1967; direction
numbers of S. Joe and F. Y. Kuo, 2008), whose index is shuffled by one permutation for all of them, while the digits are
scrambled by the same hash as others'.
"""
from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from llvmlite import ir
from numba import types

from simcore.jit import inlined, instruction, kernel
from simcore.kernel_vectors import WORDS, parabolas, words_on_stack

FIXED, TRIANGULAR, TABLE, PIECES = 0, 1, 2, 3

# A quantile table is fine where curves bend: octaves of the distance to the nearer end of (0, 1), cut into cells.
OCTAVES = 23  # down to 2^-24; nearer to the end the curve is level
NORMAL_CELL_BITS = 3  # 8 cells an octave, enough for all but extreme shapes
_FLOOR = np.float32(2.0 ** (31 - OCTAVES))  # smallest distance looked up, in units of 2^-32
_FIRST_OCTAVE = 127 + 31 - OCTAVES  # its exponent as float32 holds it

# The normal distribution function is tabled on a plain grid; beyond +-8 it is 0 or 1.
NORMAL_REACH = 8.0
NORMAL_STEPS_PER_UNIT = 256


# Student's t is tabled by x = t / sqrt(degrees + t^2), which lies between -1 and 1.
T_STEPS = 2048

SHARED = WORDS // 3  # blocks of 16 iterations whose constants are found side by side

SOBOL_BITS = 31  # of the index: as many as the longest run has, should it be all one replicate
SOBOL_KEY = np.uint64(0x50B015EC0DE5EED5)  # of the shuffle that all Sobol dimensions share

KIND, FIRST, LAST, LATENT_AT, LATENT_END, MIXED_BY, T_AT, DIMENSION = range(8)  # columns of Variables.place
CELL_BITS = LAST  # of a table: it has 2^CELL_BITS cells an octave
SCALE, SHIFT, SHAPE, OWN, DEGREES = range(5)  # columns of Variables.number
LEVEL, SLOPE, BEND = range(3)  # columns of the cells
BEGINS, PIECE_LEVEL, PIECE_SLOPE = range(3)  # columns of the pieces


class Variables(NamedTuple):
    """All random variables of a run, flat; a value is ``shift + scale * quantile(u)``.

    Attributes
    ----------
    key : ndarray of uint64, shape (variables,)
        Hash of the stream's name.
    place : ndarray of int32, shape (variables, 8)
        KIND; FIRST cell, and CELL_BITS, of a table; FIRST and LAST piece; LATENT_AT to LATENT_END among the loadings; MIXED_BY:
        the latent row that turns its normal into Student's t, or -1; T_AT: where that distribution's table begins; Sobol
        DIMENSION, or -1.
    number : ndarray of float64, shape (variables, 5)
        SCALE, SHIFT, SHAPE (triangular: where the mode lies, 0..1), OWN loading on the variable's own normal, DEGREES of t.
    latent, loading : ndarray
        Which latent normals correlated variables share, and how strongly.
    """

    key: npt.NDArray[np.uint64]
    place: npt.NDArray[np.int32]
    number: npt.NDArray[np.float64]
    latent: npt.NDArray[np.int32]
    loading: npt.NDArray[np.float32]


class QuantileTables(NamedTuple):
    """Shared by shape: parabolas over the distance to the nearer end, by cells, and straight pieces that begin somewhere.

    The cells of the standard normal come first; so does its distribution function, with those of Student's t behind it.
    Distances and beginnings are in units of 2^-32. ``directions`` are what the bits of an index add to a Sobol point, by
    dimension, the first digit in the lowest bit.
    """

    cells: npt.NDArray[np.float32]  # (cells, 4), the last unused: one load fetches a cell
    pieces: npt.NDArray[np.float64]  # (pieces, 3)
    cdf: npt.NDArray[np.float64]
    directions: npt.NDArray[np.uint32]  # (dimensions, SOBOL_BITS)


def _reversed_bits(x):
    return np.uint32(int(f"{int(x):032b}"[::-1], 2))


@instruction(_reversed_bits)
def _reverse(typingctx, x):
    """All 32 bits of a number in reverse order."""

    def generate(context, builder, signature, args):
        return builder.bitreverse(args[0])

    return types.uint32(types.uint32), generate


def _seen_as_integer(x):
    return np.float32(x).view(np.int32)


@instruction(_seen_as_integer)
def _float_bits(typingctx, x):
    """The bits of a float32 as an integer."""

    def generate(context, builder, signature, args):
        return builder.bitcast(args[0], ir.IntType(32))

    return types.int32(types.float32), generate


@inlined
def mix64(x):
    """A 64-bit finaliser (the public-domain splitmix64): every bit of the input moves every bit of the output."""
    x = np.uint64(x) + np.uint64(0x9E3779B97F4A7C15)
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return x ^ (x >> np.uint64(31))


@inlined
def _permute(x, seed, odd):
    """Permute a binary tree whose root is the lowest bit."""
    x = np.uint32(x ^ np.uint32(x * np.uint32(0x3D20ADEA)))
    x = np.uint32(np.uint32(x + seed) * odd)
    x = np.uint32(x ^ np.uint32(x * np.uint32(0x05526C56)))
    return np.uint32(x ^ np.uint32(x * np.uint32(0x53A22864)))


@inlined
def _block_hash(index, key, odd):
    """A hash of the number of an index's block of 16."""
    h = np.uint32((index >> np.uint32(4)) * np.uint32(0x9E3779B1) + key)
    h = np.uint32((h ^ (h >> np.uint32(15))) * np.uint32(0x85EBCA77))
    h = np.uint32((h ^ (h >> np.uint32(13))) * odd)
    return np.uint32(h ^ (h >> np.uint32(16)))


@inlined
def _shuffled(x, h):
    """A place in a block of 16, permuted by the block's hash."""
    x = np.uint32(np.uint32(x * (h | np.uint32(1)) + (h >> np.uint32(8))) & np.uint32(15))
    x = np.uint32(x ^ (x >> np.uint32(2)))
    x = np.uint32(np.uint32(x * ((h >> np.uint32(3)) | np.uint32(1)) + (h >> np.uint32(12))) & np.uint32(15))
    x = np.uint32(x ^ (x >> np.uint32(2)))
    return np.uint32(np.uint32(x * ((h >> np.uint32(24)) | np.uint32(1)) + (h >> np.uint32(27))) & np.uint32(15))


@inlined
def _shuffle_block(index, key, odd):
    """Permute the lowest 4 bits of an index, differently in every block of 16.

    The tree permutation alone keeps neighbours 2m, 2m + 1 in opposite halves for *every* variable, which couples variables
    that should be independent (pairwise correlations 1.25 times those of independent samples). A free permutation inside
    blocks of 16 brings that to 1.04 and keeps each block of 16 stratified.
    """
    h = _block_hash(index, key, odd)
    return np.uint32((index & np.uint32(0xFFFFFFF0)) | _shuffled(np.uint32(index & np.uint32(15)), h))


@inlined
def _four_bits(t):
    """The lowest four bits of a number in reverse order."""
    return np.uint32(_reverse(np.uint32(t)) >> np.uint32(28))


@inlined
def _share_in_block(index, shuffle, odd, block, block_odd, out, i):
    """What the 16 indices of a block share, in three words of ``out``.

    The tree permutation moves the last four of 32 reversed bits in ways that hang on the other 28 alone, which a block has in
    common: four summands of four bits (packed into one word), the block's new place, and the hash that shuffles it.
    """
    low = np.uint32(2**28 - 1)
    x = _reverse(index)
    y = np.uint32(x * np.uint32(0x3D20ADEA))
    packed = np.uint32(y >> np.uint32(28))
    y = np.uint32(np.uint32(np.uint32((x ^ y) & low) + shuffle) * odd)
    packed = np.uint32(packed | ((y >> np.uint32(28)) << np.uint32(4)))
    x = np.uint32(y & low)
    y = np.uint32(x * np.uint32(0x05526C56))
    packed = np.uint32(packed | ((y >> np.uint32(28)) << np.uint32(8)))
    x = np.uint32((x ^ y) & low)
    y = np.uint32(x * np.uint32(0x53A22864))
    packed = np.uint32(packed | ((y >> np.uint32(28)) << np.uint32(12)))
    place = _reverse(np.uint32((x ^ y) & low))
    out[i] = packed
    out[i + SHARED] = place
    out[i + 2 * SHARED] = _block_hash(place, block, block_odd)


@inlined
def _in_block(packed, place, h, odd, j):
    """Shuffled index of place ``j`` in a block, on four bits: what stands above them does not matter before the end."""
    t = _four_bits(j)
    t = np.uint32(t ^ np.uint32(packed + np.uint32(t * np.uint32(0x3D20ADEA))))
    t = np.uint32((packed >> np.uint32(4)) + np.uint32(t * odd))
    t = np.uint32(t ^ np.uint32((packed >> np.uint32(8)) + np.uint32(t * np.uint32(0x05526C56))))
    t = np.uint32(t ^ np.uint32((packed >> np.uint32(12)) + np.uint32(t * np.uint32(0x53A22864))))
    return np.uint32(place | _shuffled(_four_bits(t), h))


@inlined
def _stream_hash(key, seed, replicate):
    """What a stream's permutations in a replicate are made of."""
    return mix64(key ^ mix64(np.uint64(seed) + np.uint64(replicate) * np.uint64(0xD1B54A32D192ED03)))


@kernel
def uniform_row(key, seed, replicate, first, out):
    """Uniforms of iterations ``first``, ``first + 1`` ... of a replicate, as whole numbers of 2^-32."""
    a = _stream_hash(key, seed, replicate)
    b = mix64(a)
    c = mix64(b)
    high = np.uint64(32)
    shuffle, odd = np.uint32(a), np.uint32((a >> high) | np.uint64(1))
    block, block_odd = np.uint32(b), np.uint32((b >> high) | np.uint64(1))
    scramble, scramble_odd = np.uint32(c), np.uint32((c >> high) | np.uint64(1))
    start, shared = np.uint32(first), words_on_stack()
    blocks = 0 if start & np.uint32(15) else out.shape[0] // 16
    for begin in range(0, blocks, SHARED):
        for i in range(min(blocks - begin + 15, SHARED) & ~15):  # whole vectors
            index = np.uint32(start + np.uint32(16 * (begin + i)))
            _share_in_block(index, shuffle, odd, block, block_odd, shared, i)
        for i in range(min(blocks - begin, SHARED)):
            row = out[16 * (begin + i) : 16 * (begin + i) + 16]
            packed, place, h = shared[i], shared[i + SHARED], shared[i + 2 * SHARED]
            for j in range(16):
                row[j] = _reverse(_permute(_in_block(packed, place, h, odd, j), scramble, scramble_odd))
    for j in range(16 * blocks, out.shape[0]):
        index = _reverse(np.uint32(start + np.uint32(j)))
        index = _shuffle_block(_reverse(_permute(index, shuffle, odd)), block, block_odd)
        out[j] = _reverse(_permute(index, scramble, scramble_odd))


@inlined
def _added(bits, directions, b):
    """The direction of bit ``b``, where it is set."""
    return np.uint32(directions[b] & np.uint32(-np.int32((bits >> np.uint32(b)) & np.uint32(1))))


@kernel
def sobol_row(directions, key, seed, replicate, first, out):
    """The same as :func:`uniform_row` of a variable that is a dimension of the Sobol sequence."""
    a = _stream_hash(SOBOL_KEY, seed, replicate)
    b = mix64(a)
    c = mix64(mix64(_stream_hash(key, seed, replicate)))
    high = np.uint64(32)
    shuffle, odd = np.uint32(a), np.uint32((a >> high) | np.uint64(1))
    block, block_odd = np.uint32(b), np.uint32((b >> high) | np.uint64(1))
    scramble, scramble_odd = np.uint32(c), np.uint32((c >> high) | np.uint64(1))
    shared, stop = words_on_stack(), first + out.shape[0]
    for start in range(first & ~15, stop, 16):
        _share_in_block(np.uint32(start), shuffle, odd, block, block_odd, shared, 0)
        packed, place, h = shared[0], shared[SHARED], shared[2 * SHARED]
        common = np.uint32(0)
        for bit in range(4, SOBOL_BITS):
            common = np.uint32(common ^ _added(place, directions, bit))
        begin = max(first, start)
        row = out[begin - first : min(stop, start + 16) - first]
        for j in range(row.shape[0]):
            t = _in_block(packed, np.uint32(0), h, odd, begin - start + j)
            low = np.uint32(_added(t, directions, 0) ^ _added(t, directions, 1))
            low = np.uint32(low ^ np.uint32(_added(t, directions, 2) ^ _added(t, directions, 3)))
            row[j] = _reverse(_permute(np.uint32(common ^ low), scramble, scramble_odd))


@kernel
def stream_row(tables, key, dimension, stream, first, out):
    """Uniforms of a stream of its own, or of a Sobol dimension (>= 0); ``stream`` is (seed, replicate)."""
    if dimension < 0:
        uniform_row(key, stream[0], stream[1], first, out)
    else:
        sobol_row(tables.directions[dimension], key, stream[0], stream[1], first, out)


@kernel
def _table_row(cells, cell_bits, bits, out):
    """Quantiles from a table of 2^cell_bits cells an octave; ``bits`` do not outlive it."""
    shift, first = np.int32(23 - cell_bits), np.int32(_FIRST_OCTAVE << cell_bits)
    half = np.int32((OCTAVES << cell_bits) + 1)  # one cell more: next to 1/2 distances round up to the next octave
    for j in range(out.shape[0]):
        x = bits[j]
        upper = np.int32(x >> np.uint32(31))
        distance = np.float32(np.uint32(x ^ np.uint32(-upper))) + np.float32(0.5)
        distance = max(distance, _FLOOR)
        bits[j] = np.uint32((_float_bits(distance) >> shift) - first + upper * half)
        out[j] = distance
    whole = out.shape[0] & ~15
    for j in range(0, whole, 16):
        parabolas(cells, bits, out, j)
    for j in range(whole, out.shape[0]):
        cell, distance = bits[j], out[j]
        out[j] = cells[cell, LEVEL] + distance * (cells[cell, SLOPE] + distance * cells[cell, BEND])


@kernel
def _triangular_row(mode, bits, out):
    """Quantiles of the triangular distribution on (0, 1)."""
    one, rise, fall = np.float32(1), mode, np.float32(1) - mode
    for j in range(out.shape[0]):
        u = (np.float32(bits[j]) + np.float32(0.5)) * np.float32(2.0**-32)
        below = u < mode
        root = np.sqrt(rise * u if below else fall * max(one - u, np.float32(0)))
        out[j] = root if below else one - root


@kernel
def _pieces_row(pieces, bits, out):
    """Quantiles from straight pieces; inside a piece the distance from its beginning is exact, however narrow it is."""
    level, slope = np.float32(pieces[0, PIECE_LEVEL]), np.float32(pieces[0, PIECE_SLOPE])
    for j in range(out.shape[0]):
        out[j] = level + slope * np.float32(bits[j])
    for piece in range(1, pieces.shape[0]):
        begins = np.uint32(pieces[piece, BEGINS])
        level, slope = np.float32(pieces[piece, PIECE_LEVEL]), np.float32(pieces[piece, PIECE_SLOPE])
        for j in range(out.shape[0]):
            inside = np.float32(np.uint32(bits[j] - begins))
            out[j] = level + slope * inside if bits[j] >= begins else out[j]


@inlined
def _looked_up(cdf, place):
    """A distribution function, linear between the places of its table, in units of 2^-32."""
    cell = np.uint32(np.int32(place))
    below = cdf[cell]
    u = below + (cdf[np.uint32(cell + np.uint32(1))] - below) * (place - np.int32(cell))
    return np.uint32(min(u * 4294967296.0, 4294967295.0))


@kernel
def _correlate_row(variables, v, tables, latents, bits, normal):
    """Replace a row of uniforms by ones that share the latent normals (Gaussian copula, or Student's t)."""
    _table_row(tables.cells, np.int32(NORMAL_CELL_BITS), bits, normal)
    own = np.float32(variables.number[v, OWN])
    for j in range(normal.shape[0]):
        normal[j] *= own
    for k in range(variables.place[v, LATENT_AT], variables.place[v, LATENT_END]):
        row, loading = latents[variables.latent[k]], variables.loading[k]
        for j in range(normal.shape[0]):
            normal[j] += loading * row[j]
    mixed = variables.place[v, MIXED_BY]
    if mixed >= 0:
        degrees, wide = variables.number[v, DEGREES], latents[mixed]
        for j in range(normal.shape[0]):
            t = np.float64(normal[j]) * np.float64(wide[j])
            place = (t / np.sqrt(degrees + t * t) + 1.0) * T_STEPS
            bits[j] = _looked_up(tables.cdf[variables.place[v, T_AT]:], place)
        return
    for j in range(normal.shape[0]):
        place = (min(max(np.float64(normal[j]), -NORMAL_REACH), NORMAL_REACH - 1e-9) + NORMAL_REACH) * NORMAL_STEPS_PER_UNIT
        bits[j] = _looked_up(tables.cdf, place)


@kernel
def latent_row(tables, place, key, stream, first, bits, out):
    """Values of a latent stream; ``place``: first cell and cell bits of its table, and its Sobol dimension."""
    stream_row(tables, key, place[2], stream, first, bits)
    _table_row(tables.cells[place[0]:], place[1], bits, out)


@kernel
def quantile_row(variables, tables, latents, v, stream, first, bits, out):
    """Draws of variable ``v`` before scale and shift; ``stream`` is (seed, replicate), ``bits`` scratch."""
    kind, start = variables.place[v, KIND], variables.place[v, FIRST]
    if kind == FIXED:
        for j in range(out.shape[0]):
            out[j] = np.float32(0)
        return
    stream_row(tables, variables.key[v], variables.place[v, DIMENSION], stream, first, bits)
    if variables.place[v, LATENT_AT] < variables.place[v, LATENT_END]:
        _correlate_row(variables, v, tables, latents, bits, out)
    if kind == TRIANGULAR:
        _triangular_row(np.float32(variables.number[v, SHAPE]), bits, out)
    elif kind == TABLE:
        _table_row(tables.cells[start:], variables.place[v, CELL_BITS], bits, out)
    else:
        _pieces_row(tables.pieces[start:variables.place[v, LAST]], bits, out)


@kernel
def normal_row(cells, bits, out):
    """Standard normals of a row of uniforms; ``cells`` begin with theirs."""
    _table_row(cells, NORMAL_CELL_BITS, bits, out)
