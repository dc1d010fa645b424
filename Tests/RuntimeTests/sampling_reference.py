"""Writes sampling_reference.h: what sampling.h defines, computed in plain Python.

    python3 sampling_reference.py >sampling_reference.h
"""

import math

COUNT, POSITIONS = 60, 40
# temperature, top_k, top_p, min_p, repeat_penalty, seed
CASES = [
    (1.0, 0, 1.0, 0.0, 1.0, 0), (0.0, 0, 1.0, 0.0, 1.0, 1), (0.0, 5, 0.5, 0.1, 1.7, 1),
    (0.8, 40, 0.95, 0.05, 1.0, 2), (0.7, 1, 1.0, 0.0, 1.0, 3), (1.5, 7, 1.0, 0.0, 1.0, 4),
    (1.0, 0, 0.6, 0.0, 1.0, 5), (2.0, 0, 1.0, 0.3, 1.0, 6), (1.0, 0, 0.9, 0.0, 1.3, 7),
    (0.9, 20, 0.8, 0.02, 1.1, 2**40 + 8), (3.0, 0, 1e-9, 0.0, 1.0, 9), (5.0, 59, 1.0, 0.0, 0.9, 10),
]


def philox(counter, key):
    c, k, mask = list(counter), list(key), 0xFFFFFFFF
    for _ in range(10):
        p0, p1 = 0xD2511F53 * c[0], 0xCD9E8D57 * c[2]
        c = [(p1 >> 32) ^ c[1] ^ k[0], p1 & mask, (p0 >> 32) ^ c[3] ^ k[1], p0 & mask]
        k = [(k[0] + 0x9E3779B9) & mask, (k[1] + 0xBB67AE85) & mask]
    return c


def logits_of(position):
    """The test makes the same: eighths, of which some are equal, and a few that cannot be."""
    values = [((i * 37 + position * 11) % 61) / 8 - 3 for i in range(COUNT)]
    values[(position * 7) % COUNT] = -math.inf
    return values


def sample(case, position, last):
    temperature, top_k, top_p, min_p, penalty, seed = case
    logits = logits_of(position)
    for i in set(last):
        logits[i] = logits[i] / penalty if logits[i] > 0 else logits[i] * penalty
    order = sorted(range(COUNT), key=lambda i: (-logits[i], i))
    if temperature == 0:
        return order[0]
    highest = logits[order[0]]
    order = order[:top_k] if top_k else order
    if top_p < 1:
        total, so_far, kept = sum(math.exp(logits[i] - highest) for i in order), 0, []
        for i in order:
            if kept and so_far >= top_p * total:
                break
            kept.append(i)
            so_far += math.exp(logits[i] - highest)
        order = kept
    order = [i for i in order if math.exp(logits[i] - highest) >= min_p]
    weights = {i: math.exp((logits[i] - highest) / temperature) for i in sorted(order)}
    w = philox((position & 0xFFFFFFFF, position >> 32, 0x706D6173, 0),
               (seed & 0xFFFFFFFF, seed >> 32))
    bound = ((w[0] >> 5) * 2**26 + (w[1] >> 6)) / 2**53 * sum(weights.values())
    reached = 0
    for i, weight in weights.items():
        reached += weight
        if reached > bound:
            return i
    raise AssertionError("the sum is never above the bound")


def main():
    print("// sampling_reference.h - ids that sampling_reference.py chose.\n")
    print(f"enum {{ SAMPLING_COUNT = {COUNT}, SAMPLING_POSITIONS = {POSITIONS} }};\n")
    print("static const struct {\n  rt_sampling sampling;\n"
          "  unsigned char ids[SAMPLING_POSITIONS];\n} sampling_cases[] = {")
    for case in CASES:
        ids = []
        for position in range(POSITIONS):
            ids.append(sample(case, position, ids[-8:]))
        numbers = ", ".join(str(x) for x in case[:5])
        print(f"    {{{{{numbers}, UINT64_C({case[5]})}},")
        texts = [f"{i}" for i in ids]
        print("     {" + ", ".join(texts[:20]) + ",\n      " + ", ".join(texts[20:]) + "}},")
    print("};")


if __name__ == "__main__":
    main()
