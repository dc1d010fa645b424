"""Writes the gzip files and zip archives of this folder, all of the same text.

Needs nothing but Python and the program gzip. packed_test.c computes the text again.
"""

import gzip
import io
import subprocess
import zipfile
import zlib

SIZE = 40000


def text():
    x, out = 1, bytearray()
    for i in range(SIZE):
        x = (x * 1664525 + 1013904223) & 0xFFFFFFFF
        noise = x >> 16 & 255 if x >> 27 == 0 else None
        out.append(noise if noise is not None else ord("a") + i % 251 % 23)
    return bytes(out)


def member(data, level=9, strategy=zlib.Z_DEFAULT_STRATEGY, flags=0, middle=b""):
    packer = zlib.compressobj(level, zlib.DEFLATED, -15, 9, strategy)
    body = packer.compress(data) + packer.flush()
    head = bytes([0x1F, 0x8B, 8, flags, 0, 0, 0, 0, 2, 3]) + middle
    if flags & 2:
        head += (zlib.crc32(head) & 0xFFFF).to_bytes(2, "little")
    return head + body + zlib.crc32(data).to_bytes(4, "little") + len(data).to_bytes(4, "little")


plain = text()
short = plain[:1500]
files = {
    "best.gz": gzip.compress(plain, 9, mtime=0),
    "fast.gz": gzip.compress(plain, 1, mtime=0),
    "fixed.gz": member(plain, strategy=zlib.Z_FIXED),
    "tool.gz": subprocess.run(["gzip", "-c", "-n"], input=plain, capture_output=True).stdout,
    "members.gz": member(short[:700], 0) + member(b"") + member(short[700:1000], 9, zlib.Z_RLE)
    + member(short[1000:], 9, zlib.Z_HUFFMAN_ONLY) + bytes(9),
    "header.gz": member(short, flags=2 | 4 | 8 | 16,
                        middle=b"\5\0extra" + b"name\0" + b"a comment\0"),
    "empty.gz": member(b""),
}
for name, data in files.items():
    with open(name, "wb") as file:
        file.write(data)
    assert gzip.decompress(data) in (plain, short, b"")

archive = io.BytesIO()
with zipfile.ZipFile(archive, "w") as z:
    for name, data, kind in [("stored", short, zipfile.ZIP_STORED),
                             ("empty", b"", zipfile.ZIP_STORED),
                             ("folder/deflated", plain, zipfile.ZIP_DEFLATED)]:
        z.writestr(zipfile.ZipInfo(name), data, kind)
    z.comment = b"a comment"
with open("archive.zip", "wb") as file:
    file.write(archive.getvalue())
