"""Writes the pictures of this folder, and beside each the pixels that Pillow reads from it.

Needs numpy and pillow. Kinds of PNG that Pillow cannot write, such as interlaced ones, are written
here byte by byte; Pillow reads them all the same. The array beside a picture is u8[8, H, W]: grey,
then RGB, then RGBA, as Image.convert makes them.
"""

import struct
import zlib
from fractions import Fraction

import numpy as np
from PIL import Image

HEIGHT, WIDTH = 11, 13
rng = np.random.default_rng(7)


def smooth(channels, most):
    """Slopes with noise: [H, W, C] integers from 0 to most."""
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH]
    planes = [(x * (c + 1) * 17 + y * (29 - 5 * c)) / 600 for c in range(channels)]
    noise = rng.random((HEIGHT, WIDTH, channels)) / 4
    return np.clip((np.stack(planes, -1) + noise) * most, 0, most).astype(np.int64)


def keep(name, picture=None):
    picture = picture or Image.open(name)
    planes = [np.asarray(picture.convert("L"))[None]]
    for mode in ["RGB", "RGBA"]:
        planes.append(np.asarray(picture.convert(mode)).transpose(2, 0, 1))
    np.save(name + ".npy", np.concatenate(planes))


def chunk(name, data):
    body = name + data
    return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))


def paeth(a, b, c):
    p = a + b - c
    pa, pb, pc = abs(p - a), abs(p - b), abs(p - c)
    return a if pa <= pb and pa <= pc else b if pb <= pc else c


def filtered(rows, pixel):
    """All five filters in turn."""
    out, above = b"", bytes(len(rows[0]) if rows else 0)
    for y, row in enumerate(rows):
        kind = y % 5
        line = bytearray()
        for i, value in enumerate(row):
            a = row[i - pixel] if i >= pixel else 0
            b, c = above[i], above[i - pixel] if i >= pixel else 0
            guess = [0, a, b, (a + b) // 2, paeth(a, b, c)][kind]
            line.append((value - guess) & 255)
        out += bytes([kind]) + bytes(line)
        above = row
    return out


def packed(samples, depth):
    """Rows of [H, W, C] samples as bytes."""
    rows = []
    for row in samples.reshape(samples.shape[0], -1):
        if depth == 16:
            rows.append(row.astype(">u2").tobytes())
        else:
            bits = "".join(format(v, f"0{depth}b") for v in row)
            bits += "0" * (-len(bits) % 8)
            rows.append(bytes(int(bits[i:i + 8], 2) for i in range(0, len(bits), 8)))
    return rows


PASSES = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2),
          (0, 1, 1, 2)]


def write_png(name, samples, depth, kind, interlaced=False, parts=1, extra=b""):
    height, width, channels = samples.shape
    pixel = max(1, channels * depth // 8)
    data = b""
    for x, y, dx, dy in PASSES if interlaced else [(0, 0, 1, 1)]:
        part = samples[y::dy, x::dx]
        if part.size:
            data += filtered(packed(part, depth), pixel)
    data = zlib.compress(data, 9)
    size = -(-len(data) // parts)
    header = struct.pack(">IIBBBBB", width, height, depth, kind, 0, 0, int(interlaced))
    with open(name, "wb") as file:
        file.write(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + extra)
        for i in range(parts):
            file.write(chunk(b"IDAT", data[i * size:(i + 1) * size]))
        file.write(chunk(b"tEXt", b"Title\0a picture") + chunk(b"IEND", b""))
    keep(name)


# ---- PNG by Pillow ----

for mode, channels in [("L", 1), ("LA", 2), ("RGB", 3), ("RGBA", 4)]:
    name = f"pillow-{mode.lower()}.png"
    array = smooth(channels, 255).astype(np.uint8)
    Image.fromarray(array[..., 0] if channels == 1 else array, mode).save(name)
    keep(name)
for bits in [1, 2, 4, 8]:
    picture = Image.fromarray(smooth(1, 2**bits - 1)[..., 0].astype(np.uint8), "L")
    picture = Image.frombytes("P", picture.size, picture.tobytes())
    picture.putpalette(rng.integers(0, 256, 3 * 2**bits).astype(np.uint8).tobytes())
    picture.save(f"pillow-p{bits}.png", bits=bits)
    keep(f"pillow-p{bits}.png")
Image.fromarray(smooth(1, 1)[..., 0].astype(bool)).save("pillow-1.png")
keep("pillow-1.png")
Image.fromarray(smooth(1, 65535)[..., 0].astype(np.uint16)).save("pillow-i16.png")
# Pillow would clip 16 bits of grey to 255; of colours it keeps the upper 8, as is done here for
# both.
grey = (np.asarray(Image.open("pillow-i16.png")) >> 8).astype(np.uint8)
keep("pillow-i16.png", Image.fromarray(grey))
Image.open("pillow-p4.png").save("pillow-p4t.png", bits=4, transparency=bytes([0, 80, 160]))
keep("pillow-p4t.png")

# ---- PNG by hand ----

palette = chunk(b"PLTE", rng.integers(0, 256, 3 * 12).astype(np.uint8).tobytes())
for depth in [2, 4]:
    write_png(f"grey{depth}.png", smooth(1, 2**depth - 1), depth, 0)
write_png("rgb16.png", smooth(3, 65535), 16, 2, parts=5)
write_png("la16.png", smooth(2, 65535), 16, 4)
write_png("rgba16-adam7.png", smooth(4, 65535), 16, 6, interlaced=True)
write_png("grey1-adam7.png", smooth(1, 1), 1, 0, interlaced=True)
write_png("rgb8-adam7.png", smooth(3, 255), 8, 2, interlaced=True, parts=3)
write_png("p4-adam7.png", smooth(1, 11), 4, 3, interlaced=True, extra=palette)
write_png("one-adam7.png", smooth(1, 255)[:1, :1], 8, 0, interlaced=True)
key = smooth(3, 255)
write_png("rgb8-key.png", key, 8, 2, extra=chunk(b"tRNS", struct.pack(">3H", *key[4, 5])))
key = smooth(1, 15)
write_png("grey4-key.png", key, 4, 0, extra=chunk(b"tRNS", struct.pack(">H", key[4, 5, 0])))
# Pillow compares the scaled sample with the key as it stands, so that nothing is transparent.
planes = np.load("grey4-key.png.npy")
planes[7] = np.where(key[..., 0] == key[4, 5, 0], 0, 255)
np.save("grey4-key.png.npy", planes)

# ---- PGM and PPM ----

Image.fromarray(smooth(1, 255)[..., 0].astype(np.uint8)).save("p5.pgm")
Image.fromarray(smooth(3, 255).astype(np.uint8)).save("p6.ppm")
keep("p5.pgm")
keep("p6.ppm")


def write_pnm(name, kind, most, channels):
    samples = smooth(channels, most)
    with open(name, "wb") as file:
        header = f"P{kind} # a comment\n#another\n{WIDTH}\t{HEIGHT}\n{most}\n"
        file.write(header.encode())
        if kind in (2, 3):
            text = " ".join(str(v) for v in samples.reshape(-1))
            file.write(text.encode().replace(b" 7 ", b"\n# seven\n7 ") + b"\n")
        else:
            file.write(samples.astype(">u2" if most > 255 else np.uint8).tobytes())
    if most > 255 and channels == 1:
        # Pillow keeps 16 bits of grey; of colours it rounds to 8, as is done here for both.
        grey = np.round(samples[..., 0] * 255 / most).astype(np.uint8)
        keep(name, Image.fromarray(grey))
    else:
        keep(name)


write_pnm("p2.pgm", 2, 15, 1)
write_pnm("p3.ppm", 3, 255, 3)
write_pnm("p5-deep.pgm", 5, 65535, 1)
write_pnm("p6-deep.ppm", 6, 1000, 3)
# With 100 there would be halves, which Pillow rounds to even numbers.
write_pnm("p6-shallow.ppm", 6, 101, 3)

# ---- Scaled pictures, with exact numbers ----


def weights(n, m):
    """For each of m pixels its share of each of n pixels."""
    table = [[Fraction(0)] * n for _ in range(m)]
    for j in range(m):
        if m < n:
            begin, end = Fraction(j * n, m), Fraction((j + 1) * n, m)
            for i in range(n):
                overlap = min(end, Fraction(i + 1)) - max(begin, Fraction(i))
                table[j][i] = max(overlap, Fraction(0)) * m / n
        else:
            place = (j + Fraction(1, 2)) * n / m - Fraction(1, 2)
            place = min(max(place, Fraction(0)), Fraction(n - 1))
            i = int(place)
            table[j][i] = 1 - (place - i)
            if i + 1 < n:
                table[j][i + 1] = place - i
    return table


def scaled(plane, height, width):
    down, across = weights(plane.shape[0], height), weights(plane.shape[1], width)
    rows = [[sum(w * int(v) for w, v in zip(line, row)) for line in across] for row in plane]
    result = np.zeros((height, width), np.uint8)
    for y in range(height):
        for x in range(width):
            value = sum(w * rows[i][x] for i, w in enumerate(down[y]) if w)
            result[y, x] = int(value + Fraction(1, 2))
    return result


planes = np.load("pillow-rgb.png.npy")[1:4]
for height, width in [(5, 6), (22, 39), (7, 29), (30, 4), (1, 1), (11, 5)]:
    np.save(f"stretch-{height}x{width}.npy", np.stack([scaled(p, height, width) for p in planes]))
for height, width in [(5, 5), (20, 20), (4, 12), (26, 9)]:
    if height * WIDTH >= width * HEIGHT:
        all_height, all_width = height, int(Fraction(WIDTH * height, HEIGHT) + Fraction(1, 2))
    else:
        all_height, all_width = int(Fraction(HEIGHT * width, WIDTH) + Fraction(1, 2)), width
    y, x = (all_height - height) // 2, (all_width - width) // 2
    whole = np.stack([scaled(p, all_height, all_width) for p in planes])
    np.save(f"crop-{height}x{width}.npy", whole[:, y:y + height, x:x + width])
