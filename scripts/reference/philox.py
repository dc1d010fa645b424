"""Philox4x32-10, the counter-based random number generator of Random123, and a shuffle from it.

Salmon, Moraes, Dror, Shaw: "Parallel random numbers: as easy as 1, 2, 3" (SC 2011).
Run this file to check it against the known answers published with Random123.
"""

MASK = 0xFFFFFFFF


def philox4x32(counter, key, rounds=10):
    """Returns the four output words for four counter words and two key words."""
    c0, c1, c2, c3 = counter
    k0, k1 = key
    for _ in range(rounds):
        p0 = 0xD2511F53 * c0
        p1 = 0xCD9E8D57 * c2
        c0, c1, c2, c3 = (p1 >> 32) ^ c1 ^ k0, p1 & MASK, (p0 >> 32) ^ c3 ^ k1, p0 & MASK
        k0 = (k0 + 0x9E3779B9) & MASK
        k1 = (k1 + 0xBB67AE85) & MASK
    return c0, c1, c2, c3


def permutation(count, seed, epoch, tag):
    """Returns the numbers below `count`, shuffled by Fisher and Yates from the last position down.

    Position i takes word i % 4 of the block with counter (i / 4, epoch, tag, 0) and key `seed`.
    """
    order = list(range(count))
    key = (seed & MASK, (seed >> 32) & MASK)
    block, words = -1, ()
    for i in range(count - 1, 0, -1):
        if i // 4 != block:
            block = i // 4
            words = philox4x32((block, epoch, tag, 0), key)
        j = (words[i % 4] * (i + 1)) >> 32
        order[i], order[j] = order[j], order[i]
    return order


# Counter, key and result: the vectors "philox4x32 10" in Random123's kat_vectors.
KNOWN_ANSWERS = [
    ((0, 0, 0, 0), (0, 0), (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8)),
    ((MASK, MASK, MASK, MASK), (MASK, MASK), (0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD)),
    (
        (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344),
        (0xA4093822, 0x299F31D0),
        (0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1),
    ),
]


def check():
    """Stops with an error unless the known answers come out."""
    for counter, key, expected in KNOWN_ANSWERS:
        found = philox4x32(counter, key)
        if found != expected:
            raise SystemExit(f"philox4x32{counter} with key {key} is {found}, not {expected}")


if __name__ == "__main__":
    check()
    print(f"philox: {len(KNOWN_ANSWERS)} known answers agree")
