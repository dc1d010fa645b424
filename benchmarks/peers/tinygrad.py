"""tinygrad with its JIT; networks of inference from the files that PyTorch exports."""

import numpy as np
from tinygrad import Context, Device, Tensor, TinyJit, nn
from tinygrad.nn.onnx import OnnxRunner

from peers.work import Missing, Work


class Network:
    """Layers with PyTorch's names: weights by name, and a function over them."""

    def __init__(self, work: Work):
        self.p = {name: Tensor(np.array(a)).realize() for name, a in work.weights().items()}

    def dense(self, name: str, x: Tensor) -> Tensor:
        """A linear layer."""
        return x.linear(self.p[f"{name}.weight"].T, self.p[f"{name}.bias"])

    def mlp(self, x: Tensor) -> Tensor:
        """models/mlp.swift."""
        return self.dense("4", self.dense("2", self.dense("0", x).relu()).relu())

    def lenet5(self, x: Tensor) -> Tensor:
        """models/lenet5.swift."""
        for name, padding in (("0", 2), ("3", 0)):
            weight, bias = self.p[f"{name}.weight"], self.p[f"{name}.bias"]
            x = x.conv2d(weight, bias, padding=padding).relu().max_pool2d(2)
        x = x.flatten(1)
        return self.dense("11", self.dense("9", self.dense("7", x).relu()).relu())


class Calling:
    """A function without state."""

    def __init__(self, work: Work):
        if work.program == "rowwise":
            call = self.rowwise(work)
        else:
            runner = OnnxRunner(str(work.onnx))

            def call(**inputs):
                return runner(inputs)

        self.inputs = {name: Tensor(a).realize() for name, a in work.inputs.items()}

        def realized(**inputs):
            found = call(**inputs)
            Tensor.realize(*found.values())
            return found

        self.call = TinyJit(realized)

    @staticmethod
    def rowwise(work: Work):
        """The functions of models/elementwise.swift."""
        p = {name: Tensor(np.array(a)).realize() for name, a in work.weights().items()}
        return {
            "softmax": lambda x: {"y": x.softmax(-1)},
            "gelu": lambda x: {"y": x * 0.5 * (1 + (x * 0.5 ** 0.5).erf())},
            "layer_norm": lambda x: {"y": x.layernorm(eps=1e-5) * p["weight"] + p["bias"]},
        }[work.function]

    def run(self) -> None:
        """Computes the outputs."""
        self.result = self.call(**self.inputs)
        Device[Device.DEFAULT].synchronize()

    def outputs(self) -> dict[str, np.ndarray]:
        """What was computed last."""
        return {name: tensor.numpy() for name, tensor in self.result.items()}


class Learning:
    """A step of an optimizer."""

    def __init__(self, work: Work):
        self.network = Network(work)
        self.inputs = {name: Tensor(a).realize() for name, a in work.inputs.items()}
        parameters = list(self.network.p.values())
        for parameter in parameters:
            parameter.is_param_()
        optimizer = (nn.optim.SGD(parameters, lr=0.01, momentum=0.9)
                     if work.program == "lenet5" else nn.optim.Adam(parameters, lr=1e-3))
        forward = getattr(self.network, work.program)

        def learn():
            optimizer.zero_grad()
            loss = forward(self.inputs["image"]).sparse_categorical_crossentropy(
                self.inputs["label"]).backward()
            return loss.realize(*optimizer.schedule_step())

        self.learn = TinyJit(learn)

    def run(self) -> None:
        """Learns once."""
        with Context(TRAINING=1):
            self.loss = self.learn().item()

    def outputs(self) -> dict[str, np.ndarray]:
        """The loss of the last step."""
        return {"loss": np.asarray(self.loss, np.float32)}

    def states(self, names: list[str]) -> dict[str, np.ndarray]:
        """Parameters as they are now."""
        return {name: self.network.p[name].numpy() for name in names}


def make(work: Work):
    """The contender for some work."""
    if work.trains and work.program not in ("mlp", "lenet5"):
        raise Missing("this step is not written for it; those that are need seconds")
    if work.function == "attention":
        raise Missing("its attention keeps all scores, and takes minutes for each step")
    if work.function == "next":
        raise Missing("a cache that is updated in place is not written for it")
    return Learning(work) if work.trains else Calling(work)
