"""The order in which a train program takes examples: the held-out split and each epoch's batches.

It restates in Python what Runtime/program/shuffle.c defines.
"""

import math

from philox import check, permutation

# "spli" and "shuf" as little-endian bytes.
TAG_SPLIT = 0x696C7073
TAG_SHUFFLE = 0x66756873

check()


def split(count, share):
    """Returns the rows for training and the rows held out, each in the order of the split."""
    order = permutation(count, seed=0, epoch=0, tag=TAG_SPLIT)
    held_out = math.floor(count * share + 0.5)
    return order[: count - held_out], order[count - held_out :]


def batches(rows, size, seed, epoch):
    """Returns the batches of one epoch as lists of rows; a remainder is dropped."""
    order = [rows[k] for k in permutation(len(rows), seed, epoch, TAG_SHUFFLE)]
    return [order[k : k + size] for k in range(0, len(order) - size + 1, size)]
