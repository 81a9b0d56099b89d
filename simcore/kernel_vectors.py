"""Steps on 16 lanes at once that compilers do not find by themselves, written as LLVM instructions (any processor has them)."""
from __future__ import annotations

import numpy as np
from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.np.arrayobj import populate_array

from simcore.jit import instruction

WIDE = 16  # lanes

_FLOAT, _I32, _I64 = ir.FloatType(), ir.IntType(32), ir.IntType(64)
_FOUR, _ALL = ir.VectorType(_FLOAT, 4), ir.VectorType(_FLOAT, WIDE)


WORDS = 192


def _words():
    return np.zeros(WORDS, np.uint32)


@instruction(_words)
def words_on_stack(typingctx):
    """An uninitialised array of 192 numbers that lives as long as the call: no allocation, and nothing can share its memory."""
    kind = types.Array(types.uint32, 1, "C")

    def generate(context, builder, signature, arguments):
        room = cgutils.alloca_once(builder, ir.ArrayType(_I32, WORDS))
        array = context.make_array(kind)(context, builder)
        data = builder.bitcast(room, _I32.as_pointer())
        populate_array(
            array, data=data, shape=[_I64(WORDS)], strides=[_I64(4)], itemsize=_I64(4), meminfo=None
        )
        return array._getvalue()

    return kind(), generate


def _shuffle(builder, first, second, places):
    return builder.shuffle_vector(first, second, ir.Constant(ir.VectorType(_I32, len(places)), list(places)))


def _in_quads(builder, first, second, places):
    """The same shuffle in every quarter of two vectors of 16: places 0-3 of the first, 4-7 of the second."""
    wide = [4 * quad + (place if place < 4 else place - 4 + WIDE) for quad in range(4) for place in places]
    return _shuffle(builder, first, second, wide)


def _signs(row, j):
    return np.uint16(sum(1 << i for i in range(WIDE) if row[j + i] >= 0))


@instruction(_signs)
def not_negative(typingctx, row, j):
    """16 bits: which of ``row[j] ... row[j + 15]`` (int32) are not negative."""

    def generate(context, builder, signature, arguments):
        data = context.make_array(signature.args[0])(context, builder, arguments[0]).data
        kind = ir.VectorType(_I32, WIDE)
        lanes = builder.load(builder.bitcast(builder.gep(data, [arguments[1]]), kind.as_pointer()), align=4)
        return builder.bitcast(builder.icmp_signed(">=", lanes, ir.Constant(kind, [0] * WIDE)), ir.IntType(WIDE))

    return types.uint16(row, types.int64), generate


def _nothing(row, i):
    pass


@instruction(_nothing)
def fetch(typingctx, row, i):
    """Have the memory of ``row[i]`` brought near, to be written soon; nothing waits for it."""

    def generate(context, builder, signature, arguments):
        data = context.make_array(signature.args[0])(context, builder, arguments[0]).data
        place = builder.bitcast(builder.gep(data, [arguments[1]]), ir.IntType(8).as_pointer())
        kind = ir.FunctionType(ir.VoidType(), [place.type, _I32, _I32, _I32])
        prefetch = cgutils.get_or_insert_function(builder.module, kind, "llvm.prefetch.p0")
        builder.call(prefetch, [place, _I32(1), _I32(2), _I32(1)])
        return context.get_dummy_value()

    return types.void(row, types.int64), generate


def _count(word):
    return int(word).bit_count()


@instruction(_count)
def ones(typingctx, word):
    """How many bits of a uint16 are set."""

    def generate(context, builder, signature, arguments):
        return builder.zext(builder.ctpop(arguments[0]), _I64)

    return types.int64(types.uint16), generate


def _parabolas(cells, cell, out, j):
    for i in range(j, j + WIDE):
        level, slope, bend, _ = cells[cell[i]]
        out[i] = level + out[i] * (slope + out[i] * bend)


@instruction(_parabolas)
def parabolas(typingctx, cells, cell, out, j):
    """Replace distances ``j <= i < j + 16`` of a row by the parabolas of their cells there.

    A cell's level, slope and bend come by one load and are then sorted by lane: a third of the time of three gathers.
    """

    def generate(context, builder, signature, arguments):
        kinds = signature.args[:3]
        table, numbers, row = (
            context.make_array(kind)(context, builder, value).data for kind, value in zip(kinds, arguments, strict=False)
        )
        first = arguments[3]
        quads = [[], [], [], []]
        for i in range(WIDE):
            number = builder.load(builder.gep(numbers, [builder.add(first, ir.Constant(_I64, i))]))
            at = builder.shl(builder.zext(number, _I64), ir.Constant(_I64, 2))
            quads[i % 4].append(builder.load(builder.bitcast(builder.gep(table, [at]), _FOUR.as_pointer()), align=4))
        wide = []
        for a, b, c, d in quads:
            halves = _shuffle(builder, a, b, range(8)), _shuffle(builder, c, d, range(8))
            wide.append(_shuffle(builder, *halves, range(16)))
        near = _in_quads(builder, wide[0], wide[1], (0, 4, 1, 5)), _in_quads(builder, wide[2], wide[3], (0, 4, 1, 5))
        far = _in_quads(builder, wide[0], wide[1], (2, 6, 3, 7)), _in_quads(builder, wide[2], wide[3], (2, 6, 3, 7))
        level, slope = _in_quads(builder, *near, (0, 1, 4, 5)), _in_quads(builder, *near, (2, 3, 6, 7))
        bend = _in_quads(builder, *far, (0, 1, 4, 5))
        place = builder.bitcast(builder.gep(row, [first]), _ALL.as_pointer())
        distance = builder.load(place, align=4)
        inner = builder.fadd(slope, builder.fmul(distance, bend))
        builder.store(builder.fadd(level, builder.fmul(distance, inner)), place, align=4)
        return context.get_dummy_value()

    return types.void(cells, cell, out, types.int64), generate
