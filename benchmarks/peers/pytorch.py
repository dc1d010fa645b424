"""PyTorch, eager and with torch.compile."""

import numpy as np
import torch
import torch.nn.functional as F

from peers.networks import network
from peers.work import Missing, Work

OPTIMIZERS = {
    "mlp": lambda p: torch.optim.Adam(p, lr=1e-3, fused=True),
    "lenet5": lambda p: torch.optim.SGD(p, lr=0.01, momentum=0.9, fused=True),
    "resnet18_train": lambda p: torch.optim.SGD(p, lr=0.01, momentum=0.9, fused=True),
    "lstm": lambda p: torch.optim.Adam(p, lr=1e-3, fused=True),
    "gpt2_train": lambda p: torch.optim.AdamW(p, lr=3e-4, weight_decay=0.1, fused=True),
    "adam": lambda p: torch.optim.Adam(p, lr=1e-3, fused=True),
    "momentum": lambda p: torch.optim.SGD(p, lr=0.01, momentum=0.9, fused=True),
}


def tensors(work: Work) -> dict[str, torch.Tensor]:
    """The inputs; images lie as PyTorch's convolutions like it best."""
    found = {}
    for name, array in work.inputs.items():
        tensor = torch.from_numpy(array)
        if tensor.dtype == torch.int32:
            tensor = tensor.long()
        if tensor.ndim == 4 and name in ("image", "target"):
            tensor = tensor.contiguous(memory_format=torch.channels_last)
        found[name] = tensor
    return found


def function(work: Work):
    """What a function that does not learn computes, over its inputs by name."""
    if work.described:
        net = network(work)
        if "image" in work.inputs:
            net = net.to(memory_format=torch.channels_last)
        names = work.described["inputs"]
        return lambda **inputs: {"y": net(*(inputs[name] for name in names))}
    weights = {name: torch.from_numpy(array.copy()) for name, array in work.weights().items()}
    if work.program.startswith("product"):
        return lambda x, w=weights["w"]: {"y": x @ w}
    if work.program == "rowwise":
        return {
            "softmax": lambda x: {"y": torch.softmax(x, -1)},
            "gelu": lambda x: {"y": F.gelu(x)},
            "layer_norm": lambda x: {
                "y": F.layer_norm(x, x.shape[-1:], weights["weight"], weights["bias"])},
        }[work.function]
    net = network(work)
    if work.program == "gpt2":
        return lambda token, position: {"scores": net(token[None], position.reshape(1))[0]}
    net = net.to(memory_format=torch.channels_last)
    return lambda image: {"logits": net(image)}


class Calling:
    """A function without gradients."""

    def __init__(self, work: Work):
        self.inputs, self.call = tensors(work), function(work)
        if work.peer == "torch.compile":
            # Weights are constants of the compiled code, as in ours.
            import torch._inductor.config as config
            config.freezing = work.program != "gpt2"
            self.call = torch.compile(self.call)

    def run(self) -> None:
        """Computes the outputs."""
        with torch.no_grad():
            self.result = self.call(**self.inputs)

    def outputs(self) -> dict[str, np.ndarray]:
        """What was computed last."""
        return {name: tensor.numpy() for name, tensor in self.result.items()}


class Learning:
    """A step of an optimizer."""

    def __init__(self, work: Work):
        inputs = tensors(work)
        if work.program == "adam":
            weight = torch.nn.Parameter(torch.from_numpy(work.weights()["weight"].copy()))
            weight.grad = inputs["gradient"]
            self.parameters, self.loss = {"weight": weight}, None
        else:
            net = network(work)
            if "image" in inputs and inputs["image"].ndim == 4:
                net = net.to(memory_format=torch.channels_last)
            self.parameters = dict(net.named_parameters())
            data = next(inputs[name] for name in ("image", "token", "x") if name in inputs)
            target = next(inputs[name] for name in ("target", "label", "next") if name in inputs)
            self.arguments = (data, target)

            def loss(data, target):
                scores = net(data)
                if "target" in inputs:
                    return F.mse_loss(scores[0] if work.program == "lstm" else scores, target)
                return F.cross_entropy(scores.reshape(-1, scores.shape[-1]), target.flatten())

            self.loss = torch.compile(loss) if work.peer == "torch.compile" else loss
        self.optimizer = OPTIMIZERS[work.optimizer](self.parameters.values())

    def run(self) -> None:
        """Learns once."""
        if self.loss is not None:
            self.optimizer.zero_grad()
            self.result = self.loss(*self.arguments)
            self.result.backward()
        self.optimizer.step()

    def outputs(self) -> dict[str, np.ndarray]:
        """The loss of the last step."""
        return {} if self.loss is None else {"loss": self.result.detach().numpy()}

    def states(self, names: list[str]) -> dict[str, np.ndarray]:
        """Parameters as they are now."""
        return {name: self.parameters[name].detach().contiguous().numpy() for name in names}


class Attending:
    """Attention and its gradients."""

    def __init__(self, work: Work):
        found = tensors(work)
        self.operands = [found[name].requires_grad_() for name in ("query", "key", "value")]
        self.seed = found["seed"]
        attend = F.scaled_dot_product_attention
        self.call = torch.compile(attend) if work.peer == "torch.compile" else attend

    def run(self) -> None:
        """Forward and backward."""
        self.result = self.call(*self.operands)
        self.gradients = torch.autograd.grad(self.result, self.operands, self.seed)

    def outputs(self) -> dict[str, np.ndarray]:
        """Output and gradients."""
        names = ("query_gradient", "key_gradient", "value_gradient")
        return {"output": self.result.detach().numpy()} | {
            name: tensor.numpy() for name, tensor in zip(names, self.gradients)}


def make(work: Work):
    """The contender for some work."""
    torch.set_num_threads(work.threads)
    torch.manual_seed(0)
    if work.peer == "torch.compile":
        torch.compiler.reset()
    if work.peer == "torch.compile" and work.program == "adam":
        raise Missing("an optimizer's step is one fused call already")
    if work.peer == "torch.compile" and work.program == "lstm":
        raise Missing("it leaves nn.LSTM to eager PyTorch")
    if work.trains:
        return Learning(work)
    return Attending(work) if work.function == "attention" else Calling(work)
