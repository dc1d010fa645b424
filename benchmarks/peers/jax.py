"""JAX: functions and steps of training, each compiled as a whole."""

import jax
import jax.numpy as jnp
import numpy as np

from peers.jax_described import network
from peers.jax_networks import forward
from peers.work import Missing, Work


def adam(rate: float, decay: float = 0.0):
    """Adam, or AdamW with a decay: the start of its memory, and a step."""
    def start(p):
        zeros = jax.tree.map(jnp.zeros_like, p)
        return zeros, jax.tree.map(jnp.zeros_like, p), jnp.float32(0)

    def step(p, g, memory):
        m, v, count = memory
        count = count + 1
        m = jax.tree.map(lambda m, g: 0.9 * m + 0.1 * g, m, g)
        v = jax.tree.map(lambda v, g: 0.999 * v + 0.001 * g * g, v, g)
        first, second = -jnp.expm1(count * np.log(0.9)), jnp.sqrt(-jnp.expm1(count * np.log(0.999)))

        def moved(p, m, v):
            return p * (1 - rate * decay) - rate / first * m / (jnp.sqrt(v) / second + 1e-8)

        return jax.tree.map(moved, p, m, v), (m, v, count)

    return start, step


def momentum(rate: float):
    """Gradient descent with momentum."""
    def start(p):
        return jax.tree.map(jnp.zeros_like, p)

    def step(p, g, memory):
        memory = jax.tree.map(lambda m, g: 0.9 * m + g, memory, g)
        return jax.tree.map(lambda p, m: p - rate * m, p, memory), memory

    return start, step


OPTIMIZERS = {"mlp": adam(1e-3), "lenet5": momentum(0.01), "resnet18_train": momentum(0.01),
              "lstm": adam(1e-3), "gpt2_train": adam(3e-4, 0.1), "adam": adam(1e-3),
              "momentum": momentum(0.01)}


def described(work: Work):
    """A net that only a description names."""
    return network(work.described["net"], work.trains)


def cross_entropy(scores, labels):
    """The mean over all examples."""
    scores = scores.reshape(-1, scores.shape[-1])
    chosen = jnp.take_along_axis(scores, labels.reshape(-1, 1), axis=1)[:, 0]
    return (jax.nn.logsumexp(scores, axis=1) - chosen).mean()


def attention(query, key, value, seed):
    """Attention and its gradients, by way of JAX's own function."""
    def attend(*operands):
        y = jax.nn.dot_product_attention(*(x.swapaxes(1, 2) for x in operands))
        return y.swapaxes(1, 2)

    output, back = jax.vjp(attend, query, key, value)
    q, k, v = back(seed)
    return {"output": output, "query_gradient": q, "key_gradient": k, "value_gradient": v}


def function(work: Work):
    """What a function that does not learn computes of weights and inputs."""
    if work.described:
        net, names = described(work), work.described["inputs"]
        return lambda p, **inputs: {"y": net(p, *(inputs[name] for name in names))[0]}
    if work.program.startswith("product"):
        if work.function == "multiply":
            return lambda p, x, w: {"y": x @ w}
        return lambda p, x: {"y": x @ p["w"]}
    if work.function == "attention":
        return lambda p, **inputs: attention(**inputs)
    if work.function == "softmax":
        return lambda p, x: {"y": jax.nn.softmax(x, axis=-1)}
    if work.function == "gelu":
        return lambda p, x: {"y": jax.nn.gelu(x, approximate=False)}
    if work.function == "layer_norm":
        def norm(p, x):
            mean, variance = x.mean(-1, keepdims=True), x.var(-1, keepdims=True)
            return {"y": (x - mean) * jax.lax.rsqrt(variance + 1e-5) * p["weight"] + p["bias"]}
        return norm
    if work.function == "next":
        raise Missing("a cache that is updated in place is not written for it")
    net = forward(work)
    return lambda p, image: {"logits": net(p, image)[0]}


class Calling:
    """A function without state. Weights are arguments, as constants take JAX minutes to fold."""

    def __init__(self, work: Work):
        self.weights = {name: jnp.asarray(a) for name, a in work.weights().items()}
        self.inputs = {name: jnp.asarray(a) for name, a in work.inputs.items()}
        self.call = jax.jit(function(work))

    def run(self) -> None:
        """Computes the outputs."""
        self.result = jax.block_until_ready(self.call(self.weights, **self.inputs))

    def outputs(self) -> dict[str, np.ndarray]:
        """What was computed last."""
        return {name: np.asarray(array) for name, array in self.result.items()}


class Learning:
    """A step of an optimizer, compiled with its network; weights are updated in place."""

    def __init__(self, work: Work):
        start, step = OPTIMIZERS[work.optimizer]
        self.inputs = {name: jnp.asarray(a) for name, a in work.inputs.items()}
        weights = {name: jnp.asarray(a) for name, a in work.weights().items()}
        kept = ("running_mean", "running_var", "num_batches_tracked")
        self.parameters = {n: a for n, a in weights.items() if not n.endswith(kept)}
        self.statistics = {n: a for n, a in weights.items() if n.endswith(kept)}
        self.memory = start(self.parameters)
        if work.described:
            net = described(work)
        else:
            net = None if work.program == "adam" else forward(work)

        def loss(parameters, statistics, inputs):
            if net is None:
                return (parameters["weight"] * inputs["gradient"]).sum(), statistics
            data = next(inputs[name] for name in ("image", "token", "x") if name in inputs)
            y, statistics = net(parameters | statistics, data)
            if "target" in inputs:
                return jnp.mean((y - inputs["target"]) ** 2), statistics
            return cross_entropy(y, inputs["label" if "label" in inputs else "next"]), statistics

        def learn(parameters, statistics, memory, inputs):
            (value, statistics), gradients = jax.value_and_grad(loss, has_aux=True)(
                parameters, statistics, inputs)
            parameters, memory = step(parameters, gradients, memory)
            return parameters, statistics, memory, value

        self.learn = jax.jit(learn, donate_argnums=(0, 1, 2))

    def run(self) -> None:
        """Learns once."""
        self.parameters, self.statistics, self.memory, self.loss = jax.block_until_ready(
            self.learn(self.parameters, self.statistics, self.memory, self.inputs))

    def outputs(self) -> dict[str, np.ndarray]:
        """The loss of the last step."""
        return {"loss": np.asarray(self.loss)}

    def states(self, names: list[str]) -> dict[str, np.ndarray]:
        """Parameters as they are now."""
        return {name: np.asarray(self.parameters[name]) for name in names}


def make(work: Work):
    """The contender for some work."""
    return Learning(work) if work.trains else Calling(work)
