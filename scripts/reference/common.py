"""What the generators of reference numbers share: cases, handy numbers, and the writer."""

import os
import warnings

import torch

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
REFERENCE = os.path.join(ROOT, "Tests", "Reference")

torch.set_default_dtype(torch.float64)
torch.set_num_threads(1)
torch.use_deterministic_algorithms(True)
warnings.filterwarnings("ignore", message="reduction: 'mean' divides the total loss")


def case(
    name, attributes=None, inputs=None, parameters=None, outputs=None, seed=None, gradients=None
):
    """Returns one case in the stored form; `seed` maps outputs to their upstream gradients."""
    return {
        "name": name,
        "attributes": attributes or {},
        "inputs": inputs or {},
        "parameters": parameters or {},
        "outputs": outputs or {},
        "seed": seed or {},
        "gradients": gradients or {},
    }


class Numbers:
    """Draws inputs that f32 and f64 hold exactly, and that JSON writes shortly.

    Every number is an odd multiple of 1/256, so none is 0, where relu and abs have a kink.
    """

    def __init__(self, seed):
        self.generator = torch.Generator().manual_seed(seed)

    def normal(self, *shape, scale=1.0):
        """Returns about normally distributed numbers."""
        x = torch.randn(shape, generator=self.generator, dtype=torch.float64) * scale
        return (torch.floor(x * 128) * 2 + 1) / 256

    def positive(self, *shape):
        """Returns numbers between 1/2 and 3/2, fit for a variance or a weight."""
        x = torch.rand(shape, generator=self.generator, dtype=torch.float64) + 0.5
        return (torch.floor(x * 128) * 2 + 1) / 256

    def distinct(self, *shape):
        """Returns numbers of which no two are equal, so that a maximum has one place."""
        count = torch.Size(shape).numel()
        x = torch.randperm(count, generator=self.generator).to(torch.float64)
        return ((x - count // 2) * 4 + 1).reshape(shape) / 128

    def integers(self, below, *shape):
        """Returns integers from 0 up to `below`, exclusive."""
        return torch.randint(below, shape, generator=self.generator)


def differentiate(function, inputs, parameters, numbers):
    """Returns output, upstream gradient and gradients of `function(inputs, parameters)`.

    Integer tensors are passed through and get no gradient; a scalar output gets the seed 1.
    """
    leaves = {}
    for name, value in {**inputs, **parameters}.items():
        leaves[name] = value.clone().requires_grad_(value.is_floating_point())
    y = function(*[leaves[n] for n in inputs], *[leaves[n] for n in parameters])
    seed = torch.ones(()) if y.dim() == 0 else numbers.normal(*y.shape)
    wanted = {n: v for n, v in leaves.items() if v.requires_grad}
    gradients = torch.autograd.grad(y, list(wanted.values()), seed, allow_unused=True)
    found = {n: g for n, g in zip(wanted, gradients) if g is not None}
    return y.detach(), seed, found


def text(value):
    """Returns `value` as compact JSON; numbers have 17 significant digits."""
    if isinstance(value, torch.Tensor):
        return text(value.detach().tolist())
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        if value != value or value in (float("inf"), float("-inf")):
            raise ValueError("a reference number is not finite")
        return "%.17g" % value
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    if isinstance(value, dict):
        return "{" + ",".join(f"{text(k)}:{text(v)}" for k, v in value.items()) + "}"
    return "[" + ",".join(text(v) for v in value) + "]"


def write(group, cases):
    """Writes the cases of a group, one per line, to `Tests/Reference/<group>.json`."""
    names = [c["name"] for c in cases]
    if len(set(names)) != len(names):
        raise ValueError(f"two cases of '{group}' have the same name")
    path = os.path.join(REFERENCE, group + ".json")
    os.makedirs(REFERENCE, exist_ok=True)
    version = torch.__version__.split("+")[0]
    with open(path, "w", encoding="ascii", newline="\n") as file:
        file.write('{"group":%s,"torch":%s,"cases":[\n' % (text(group), text(version)))
        file.write(",\n".join(text(c) for c in cases))
        file.write("\n]}\n")
    print(f"{os.path.relpath(path, ROOT)}: {len(cases)} cases, {os.path.getsize(path)} bytes")


class ModuleGroup:
    """Cases about modules, whose weights are stored as one safetensors file."""

    def __init__(self, name, numbers):
        self.name = name
        self.numbers = numbers
        self.cases = []
        self.modules = torch.nn.ModuleDict()

    def add(self, name, module, call, inputs, scale=0.5):
        """Adds the case of `call(module, **inputs)`, which returns tensors by name.

        The weights become handy numbers. All outputs with a gradient have a seed.
        """
        module = module.to(torch.float64).eval()
        with torch.no_grad():
            for key, value in module.state_dict().items():
                if key.endswith("running_var"):
                    value.copy_(self.numbers.positive(*value.shape))
                elif value.is_floating_point():
                    value.copy_(self.numbers.normal(*value.shape, scale=scale))
        self.modules[name] = module
        leaves = {}
        for key, value in inputs.items():
            leaves[key] = value.clone().requires_grad_(value.is_floating_point())
        outputs = call(module, **leaves)
        if isinstance(outputs, torch.Tensor):
            outputs = {"y": outputs}
        wanted = {k: v for k, v in leaves.items() if v.requires_grad}
        wanted.update(dict(module.named_parameters()))
        real = {k: v for k, v in outputs.items() if v.requires_grad}
        seed = {k: self.numbers.normal(*v.shape) for k, v in real.items()}
        gradients = {}
        if real:
            total = sum((v * seed[k]).sum() for k, v in real.items())
            found = torch.autograd.grad(total, list(wanted.values()), allow_unused=True)
            gradients = {k: g for k, g in zip(wanted, found) if g is not None}
        types = {k: _element(v) for k, v in inputs.items()}
        plain = {k: v.int() if v.dtype == torch.bool else v for k, v in inputs.items()}
        self.cases.append(case(name, types, plain, {}, outputs, seed, gradients))

    def write(self):
        """Writes the cases and the state dict."""
        from safetensors.torch import save_file

        write(self.name, self.cases)
        path = os.path.join(REFERENCE, self.name + ".safetensors")
        save_file(self.modules.state_dict(), path)
        print(f"{os.path.relpath(path, ROOT)}: {os.path.getsize(path)} bytes")


def _element(value):
    """Returns the element type of an input as gcomp calls it; floating point is that of a model."""
    if value.is_floating_point():
        return "f32"
    return "bool" if value.dtype == torch.bool else "i32"
