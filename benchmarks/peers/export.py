"""Writes a function as an ONNX file: python -m peers.export PROGRAM FUNCTION KIND FOLDER INPUTS.

If that cannot be done, a file beside it says why.
"""

import sys

import torch

from peers.pytorch import function, tensors
from peers.work import Missing, Work


class Module(torch.nn.Module):
    """A function of named inputs as a module of positional ones."""

    def __init__(self, call, names: list[str]):
        super().__init__()
        self.call, self.names = call, names

    def forward(self, *inputs):
        """Calls the function."""
        return tuple(self.call(**dict(zip(self.names, inputs))).values())


def make(work: Work) -> None:
    """Exports one function."""
    path = work.folder / f"{work.function}.onnx"
    try:
        if work.trains:
            raise Missing("it does not train")
        if work.function in ("attention", "next"):
            raise Missing("no ONNX file is made of gradients and of caches")
        # Integers have 32 bits, as in the files that all read.
        inputs = {name: tensor.int() if tensor.dtype == torch.int64 else tensor
                  for name, tensor in tensors(work).items()}
        names = list(inputs)
        with torch.no_grad():
            call = function(work)
            outputs = list(call(**inputs))
            torch.onnx.export(
                Module(call, names), tuple(t.contiguous() for t in inputs.values()), str(path),
                input_names=names, output_names=outputs, opset_version=17, dynamo=False)
    except Exception as reason:  # Whatever it is, the table names it.
        text = str(reason) or type(reason).__name__
        path.with_suffix(".missing").write_text(text.splitlines()[0][:200])


if __name__ == "__main__":
    make(Work("pytorch", *sys.argv[1:], threads="1"))
