"""The rows of the table: what is measured, beside whom, and how much faster we mean to be."""

from dataclasses import dataclass, field

PEERS = ("pytorch", "torch.compile", "jax", "onnxruntime", "openvino", "tinygrad")
PYTORCH = ("pytorch", "torch.compile")
RUNTIMES = ("onnxruntime", "openvino")


@dataclass(frozen=True)
class Bar:
    """How many times faster than the fastest of some contenders we must be.

    `limit` is the loop of peak.c that does the least work that the row can need.
    """

    least: float
    against: tuple[str, ...]


@dataclass(frozen=True)
class Row:
    """One line of work. All figures are of f32."""

    name: str
    model: str  # models/<model>.swift
    function: str
    limit: tuple[str, float]  # a loop of peak.c and its amount
    bars: tuple[Bar, ...]
    program: str = ""  # the model in that file; as a rule its name
    kind: str = "call"  # call, train, start, compile or memory
    # What integers among the inputs are below, and inputs that are given.
    below: dict[str, int] = field(default_factory=dict)
    given: dict[str, int] = field(default_factory=dict)
    # The largest difference, as a share of the largest number of an output.
    tolerance: float = 1e-4

    @property
    def title(self) -> str:
        return self.program or self.model


def product(m: int, k: int, n: int) -> list[Row]:
    """y[m, n] = x[m, k] w[k, n]: with the right operand a weight, and with both given."""
    limit = ("fma", 2.0 * m * k * n)
    size, program = f"{m}x{k}x{n}", f"product_{m}x{k}x{n}"
    return [
        Row(f"product {size}, weight", "products", "infer", limit, (Bar(0.85, ("limit",)),),
            program),
        Row(f"product {size}, packing counted", "products", "multiply", limit,
            (Bar(1.9, PYTORCH), Bar(1.05, ("jax",))), program),
    ]


def inference(title: str, model: str, least: float, gflops: float) -> Row:
    """A network of torchvision, one image of 224 x 224 pixels."""
    return Row(f"{title} inference", model, "infer", ("fma", gflops * 1e9),
               (Bar(least, RUNTIMES),), tolerance=1e-3)


def training(title: str, model: str, least: float, against: tuple[str, ...], gflops: float,
             **below: int) -> Row:
    """One step of an optimizer."""
    return Row(f"{title} training step", model, "train_step", ("fma", gflops * 1e9),
               (Bar(least, against),), kind="train", below=below, tolerance=1e-3)


ELEMENTS = 4.0 * 16384 * 1024  # bytes of an array
# Of GPT-2, one token reads all weights but those of positions, and 256 keys and values a layer.
TOKEN = 4.0 * (123.65e6 + 12 * 2 * 256 * 768)

# Operations of the networks: two for each multiply-add of products and convolutions; a training
# step has those forward, those of the gradients of weights, and those of the gradients of inputs,
# which the first layer does not need.
ROWS = [
    *product(256, 256, 256),
    *product(512, 512, 512),
    *product(1024, 1024, 1024),
    *product(2304, 2304, 2304),
    *product(128, 784, 1024),
    *product(256, 768, 50257),
    inference("ResNet-18", "resnet18", 1.1, 3.628),
    inference("ResNet-50", "resnet50", 1.1, 8.178),
    inference("VGG-16", "vgg16", 1.4, 30.94),
    inference("MobileNetV2", "mobilenet_v2", 1.2, 0.6015),
    inference("EfficientNet-B0", "efficientnet_b0", 1.2, 0.772),
    inference("GoogLeNet", "googlenet", 1.0, 2.997),
    training("MLP 784-1024-1024-10, batch 128, Adam,", "mlp", 1.25, (*PYTORCH, "jax"), 1.224,
             label=10),
    training("LeNet-5, batch 64,", "lenet5", 2.5, PYTORCH, 0.145, label=10),
    training("ResNet-18, batch 16 of 64 x 64,", "resnet18_train", 1.8, PYTORCH, 13.95,
             label=1000),
    training("LSTM, 2 layers of 512, 128 steps, batch 32,", "lstm", 1.25, (*PYTORCH, "jax"),
             94.5),
    training("GPT-2 124M, batch 4 of 64, AdamW,", "gpt2_train", 1.8, (*PYTORCH, "jax"), 191.9,
             token=50257, next=50257),
    Row("GPT-2 124M, one token", "gpt2", "next", ("read", TOKEN),
        (Bar(0.85, ("limit",)),), below={"token": 50257}, given={"position": 200},
        tolerance=1e-3),
    Row("softmax, 16M elements", "elementwise", "softmax", ("map", ELEMENTS),
        (Bar(0.9, ("limit",)),), "rowwise"),
    Row("layer norm, 16M elements", "elementwise", "layer_norm", ("map", ELEMENTS),
        (Bar(0.9, ("limit",)),), "rowwise"),
    Row("GELU, 16M elements", "elementwise", "gelu", ("map", ELEMENTS),
        (Bar(0.9, ("limit",)),), "rowwise"),
    Row("Adam, 16M elements", "elementwise", "train_step", ("update", ELEMENTS),
        (Bar(0.9, ("limit",)),), "adam", kind="train"),
    # Two products forward and four backward; the scores must be made once more.
    Row("attention, 8 heads of 64, 4096 steps, both ways", "attention", "attention",
        ("fma", 7 * 2.0 * 8 * 4096 * 4096 * 64), (Bar(2.0, PYTORCH),), "attention_4096"),
    Row("attention, memory for 4096 steps by that for 2048", "attention", "attention",
        ("fma", 0.0), (Bar(0.9, ("limit",)),), "attention_4096", kind="memory"),
    Row("ResNet-18, start to first output", "resnet18", "infer", ("fma", 3.628e9),
        (Bar(5.0, ("onnxruntime",)),), kind="start"),
    Row("GPT-2 124M training, compilation", "gpt2_train", "train_step", ("fma", 0.0),
        (Bar(1.0, ("limit",)),), kind="compile"),
]
