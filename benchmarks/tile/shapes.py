#!/usr/bin/env python3
"""Writes shapes.gir, one function for each sum of products that run.sh measures, and shapes.h."""

functions = []


def add(name, flops, operands, axes):
    dims = [f"f32[{', '.join(map(str, d))}]" for d in operands]
    functions.append((name, flops, operands, f"""function {name} {{
  %x = input {{0}} : {dims[0]} "x"
  %w = input {{1}} : {dims[1]} "w"
  %y = contract %x, %w {{{axes}}} : {dims[2]} "y"
  return "y" %y
}}
"""))


def product(m, n, k, gradients=False):
    name, flops = f"{m}x{n}x{k}", 2 * m * n * k
    x, w, y = [m, k], [n, k], [m, n]
    add(f"dense_{name}", flops, [x, w, y], f"[n={m}, j={n} | i={k}] (n, i) (j, i)")
    if gradients:
        add(f"dense_dx_{name}", flops, [y, w, x], f"[n={m}, i={k} | j={n}] (n, j) (j, i)")
        add(f"dense_dw_{name}", flops, [y, x, w], f"[j={n}, i={k} | n={m}] (n, j) (n, i)")


def convolution(n, i, c, s, f):
    p, q = s + f - 1, s + 2 * (f - 1)
    name, flops = f"{i}to{c}_{s}x{s}_{f}x{f}", 2 * n * i * c * s * s * f * f
    w = [c, i, f, f]
    add(f"conv_{name}", flops, [[n, i, p, p], w, [n, c, s, s]],
        f"[n={n}, c={c}, y={s}, x={s} | i={i}, u={f}, v={f}] (n, i, y+u, x+v) (c, i, u, v)")
    # The padded gradient gives the gradient of an image without its border.
    add(f"conv_dx_{name}", flops, [[n, c, p, p], w, [n, i, s, s]],
        f"[n={n}, i={i}, y={s}, x={s} | c={c}, u={f}, v={f}] "
        f"(n, c, y-u+{f - 1}, x-v+{f - 1}) (c, i, u, v)")
    add(f"conv_dw_{name}", flops, [[n, c, s, s], [n, i, p, p], w],
        f"[c={c}, i={i}, u={f}, v={f} | n={n}, y={s}, x={s}] (n, c, y, x) (n, i, y+u, x+v)")


for size in [256, 512, 1024, 2304]:
    product(size, size, size)
product(128, 1024, 784)
product(128, 1024, 1024, gradients=True)
convolution(8, 64, 64, 56, 3)
convolution(8, 128, 128, 28, 3)
convolution(8, 256, 256, 14, 3)
convolution(8, 512, 512, 7, 3)
convolution(8, 256, 64, 56, 1)

with open("shapes.gir", "w") as file:
    file.write('program "shapes" from "shapes.py"\n\n' + "\n".join(f[3] for f in functions))
with open("shapes.inc", "w") as file:
    for name, flops, operands, _ in functions:
        x, w, y = (eval("*".join(map(str, d))) for d in operands)
        file.write(f"SHAPE({name}, {flops}.0, {x}, {w}, {y})\n")
