"""The networks of the library Zoo beside torchvision and transformers, in f64: names and shapes of
all states; outputs, and products of weights and gradients, of small members.

Weights and inputs follow from names and positions alone, so none is stored.
"""

import math

import numpy as np
import torch
import torchvision.models as tv
import transformers as hf
from torch import nn
from torchaudio.functional import mu_law_decoding, mu_law_encoding
from torchvision import ops
from torchvision.models import (
    convnext, densenet, detection, mobilenetv3, resnet, vision_transformer)
from torchvision.models.detection import (
    anchor_utils, backbone_utils, faster_rcnn, image_list, mask_rcnn as mask_rcnn_parts, retinanet,
    rpn, ssd)
from torchvision.ops import feature_pyramid_network as pyramids

import zoo_twins as twins
from common import case, write

cases = []


def words(name, count):
    """Returns integers below 2^32, scrambled from a name and a position."""
    value = 2166136261
    for byte in name.encode():
        value = (value ^ byte) * 16777619 % 2**32
    x = (value + np.arange(count, dtype=np.uint64) * 2654435761) % 2**32
    x = (x ^ (x >> 16)) * 73244475 % 2**32
    return x ^ (x >> 16)


def units(name, *shape):
    """Returns odd multiples of 1/256 between -1 and 1."""
    numbers = (2.0 * (words(name, math.prod(shape)) >> 24).astype(np.float64) - 255) / 256
    return torch.from_numpy(numbers).reshape(shape)


def state(name, shape):
    """Returns the value of a state: variances around 1, factors of norms around 1, and weights that
    keep the size of what goes through them.
    """
    if name.endswith("num_batches_tracked"):
        return torch.zeros(shape)
    x = units(name, *shape)
    if name.endswith("running_var"):
        return 1 + x / 2
    if len(shape) < 2:
        return 1 + x / 4 if name.endswith("weight") else x / 4
    fan = math.prod(shape[1:])
    return x * 2.0 ** math.floor(0.5 * math.log2(6 / fan) + 0.5)


def integers(name, below, *shape):
    """Returns integers below a limit."""
    return torch.from_numpy((words(name, math.prod(shape)) % below).astype(np.int64)).reshape(shape)


def states(net):
    """Returns the state dict without the second names of tensors that are shared."""
    seen, found = set(), {}
    for name, value in net.state_dict(keep_vars=True).items():
        if id(value) not in seen:
            seen.add(id(value))
            found[name] = value
    return found


def digest(net):
    """Returns one number for the names and shapes of all states."""
    value = 14695981039346656037
    lines = sorted(" ".join([n, *map(str, v.shape)]) for n, v in states(net).items())
    for byte in "".join(line + "\n" for line in lines).encode():
        value = (value ^ byte) * 1099511628211 % 2**64
    return f"{value:x}"


def size(net):
    """Returns the number of elements of all parameters."""
    return sum(p.numel() for p in net.parameters())


def rounded(x):
    """Returns numbers with 13 significant digits."""
    return [float("%.13g" % v) for v in x]


def add(name, net, *inputs, call=None):
    """Adds the case of a network and its inputs by name."""
    net = net.to(torch.float64).eval()
    with torch.no_grad():
        for key, value in states(net).items():
            value.copy_(state(key, value.shape))
    leaves = [v.requires_grad_(v.is_floating_point()) for v in inputs]
    y = (call or type(net).__call__)(net, *leaves)
    y = torch.cat([v.flatten() for v in (y if isinstance(y, (tuple, list)) else [y])])
    factors = ((torch.arange(len(y)) * 37) % 19 - 9).to(torch.float64) / 8
    loss = (y * factors).sum()
    values = [p for _, p in sorted(dict(net.named_parameters()).items())]
    values += [v for v in leaves if v.requires_grad]
    found = torch.autograd.grad(loss, values, allow_unused=True)
    gradients = [torch.zeros_like(v) if g is None else g for v, g in zip(values, found)]
    count = min(16, len(y))
    places = [i * len(y) // count for i in range(count)]
    outputs = {
        "y": rounded(y[places].tolist()), "loss": rounded([loss.item()])[0],
        "slopes": rounded([(v * g).sum().item() for v, g in zip(values, gradients)]),
        "square": rounded([sum((g * g).sum() for g in gradients).item()])[0]}
    cases.append(case(name, {"states": digest(net)}, outputs=outputs))


def image(*shape):
    """Returns the input of a network for images."""
    return units("x", *shape)


def shrunk(net, factor, classes=10):
    """Returns a network with all channels but those of images and classes divided by a factor."""

    def less(n):
        return n if n in (3, classes) else n // factor

    for name, child in list(net.named_children()):
        if isinstance(child, nn.Conv2d):
            groups = child.groups if child.groups != child.in_channels else less(child.groups)
            new = nn.Conv2d(
                less(child.in_channels), less(child.out_channels), child.kernel_size, child.stride,
                child.padding, child.dilation, groups, bias=child.bias is not None)
        elif isinstance(child, nn.BatchNorm2d):
            new = nn.BatchNorm2d(less(child.num_features), eps=child.eps)
        elif isinstance(child, nn.Linear):
            new = nn.Linear(less(child.in_features), less(child.out_features))
        else:
            shrunk(child, factor, classes)
            continue
        setattr(net, name, new)
    return net


def linear_layers(net, *sizes):
    """Replaces the linear layers of a classifier."""
    places = [i for i, m in enumerate(net.classifier) if isinstance(m, nn.Linear)]
    for i, inputs, outputs in zip(places, sizes, sizes[1:]):
        net.classifier[i] = nn.Linear(inputs, outputs)
    return net


# PyTorch's own gradients of these have the factor 1/6 in f32.
nn.Hardsigmoid.forward = lambda self, x: nn.functional.relu6(x + 3) / 6
nn.Hardswish.forward = lambda self, x: x * nn.functional.relu6(x + 3) / 6

# Images.
add("lenet5", twins.LeNet5(), image(2, 1, 28, 28))
add("lenet5_original", twins.LeNet5(original=True), image(2, 1, 28, 28))
add("alexnet", linear_layers(shrunk(tv.alexnet(num_classes=10), 8), 32 * 36, 64, 64, 10),
    image(2, 3, 63, 63))
add("zfnet", twins.ZFNet(12, 32, 10, 32), image(2, 3, 64, 64))
add("vgg11", linear_layers(shrunk(tv.vgg11(num_classes=10), 16), 32 * 49, 64, 64, 10),
    image(2, 3, 32, 32))
add("vgg13bn", linear_layers(shrunk(tv.vgg13_bn(num_classes=10), 16), 32 * 49, 64, 64, 10),
    image(2, 3, 32, 32))


def googlenet(net, x):
    """Returns the scores of all three classifiers; norms are those outside of training."""
    found = []
    hooks = [
        net.inception4a.register_forward_hook(lambda m, i, y: found.append(net.aux1(y))),
        net.inception4d.register_forward_hook(lambda m, i, y: found.append(net.aux2(y)))]
    scores = net(x)
    for hook in hooks:
        hook.remove()
    return [scores] + found


def paper(net):
    """Returns GoogLeNet with the windows of the paper."""
    for module in net.modules():
        if type(module).__name__ == "Inception":
            conv = module.branch3[1].conv
            module.branch3[1].conv = nn.Conv2d(
                conv.in_channels, conv.out_channels, 5, padding=2, bias=False)
    return net


add("googlenet",
    paper(shrunk(tv.googlenet(
        num_classes=10, init_weights=False, aux_logits=True, transform_input=True), 8)),
    image(2, 3, 64, 64), call=googlenet)
add("inception_v3",
    shrunk(tv.inception_v3(num_classes=10, init_weights=False, aux_logits=False), 16),
    image(1, 3, 75, 75))
add("resnet18", shrunk(tv.resnet18(num_classes=10), 8), image(2, 3, 32, 32))
add("resnext",
    shrunk(resnet.ResNet(resnet.Bottleneck, [1, 2, 1, 1], 10, groups=2, width_per_group=32), 8),
    image(2, 3, 32, 32))
add("resnet_preactivation", twins.PreActivationResNet(8, 10), image(2, 3, 32, 32))
add("densenet", densenet.DenseNet(4, (2, 3, 1, 2), 8, num_classes=10), image(2, 3, 32, 32))
for version in ("squeezenet1_0", "squeezenet1_1"):
    add(version, shrunk(getattr(tv, version)(num_classes=10), 8), image(2, 3, 48, 48))
add("mobilenet_v2", tv.mobilenet_v2(num_classes=10, width_mult=0.25), image(2, 3, 32, 32))
setting, last = mobilenetv3._mobilenet_v3_conf("mobilenet_v3_small", width_mult=0.25)
add("mobilenet_v3_small", mobilenetv3.MobileNetV3(setting, last, 10), image(2, 3, 32, 32))
setting, last = tv.efficientnet._efficientnet_conf(
    "efficientnet_b0", width_mult=0.25, depth_mult=0.33)
add("efficientnet", tv.EfficientNet(setting, 0.2, num_classes=10, last_channel=last),
    image(2, 3, 32, 32))
add("convnext",
    convnext.ConvNeXt(
        [convnext.CNBlockConfig(a, b, n) for a, b, n in
         ((8, 16, 1), (16, 24, 2), (24, 32, 1), (32, None, 1))], num_classes=10),
    image(2, 3, 32, 32))
add("vit", vision_transformer.VisionTransformer(32, 8, 2, 2, 16, 32, num_classes=10),
    image(2, 3, 32, 32))
add("unet", twins.UNet(4), image(1, 3, 34, 35))
add("unet_bilinear", twins.UNet(4, bilinear=True), image(1, 3, 16, 16))


# A detector: what both stages say of anchors and of given boxes, and what is found.
def mask_rcnn():
    """Returns a small Mask R-CNN on a ResNet-18."""
    body = shrunk(tv.resnet18(num_classes=10), 8)
    backbone = backbone_utils.BackboneWithFPN(
        body, {f"layer{i + 1}": str(i) for i in range(4)}, [8, 16, 32, 64], 16)
    return detection.MaskRCNN(
        backbone, rpn_anchor_generator=anchor_utils.AnchorGenerator(
            tuple((8 * 2**i,) for i in range(5)), ((0.5, 1.0, 2.0),) * 5),
        box_head=faster_rcnn.TwoMLPHead(16 * 49, 32),
        box_predictor=faster_rcnn.FastRCNNPredictor(32, 4),
        mask_head=mask_rcnn_parts.MaskRCNNHeads(16, (16,) * 4, 1),
        mask_predictor=mask_rcnn_parts.MaskRCNNPredictor(16, 16, 4))


def detector(net, x, units):
    """Returns all that is compared; boxes follow from numbers between -1 and 1."""
    low = (units[..., :2] + 1) * 24
    boxes = ops.clip_boxes_to_image(
        torch.cat([low, low + (units[..., 2:] + 1) * 20 + 2], -1), (64, 96)).detach()
    shapes = [(64, 96)] * len(x)
    levels = net.backbone(x)
    logits, offsets = rpn.concat_box_prediction_layers(*net.rpn.head(list(levels.values())))
    heads = net.roi_heads
    regions = heads.box_roi_pool(levels, [*boxes], shapes)
    scores, moves = heads.box_predictor(heads.box_head(regions))
    regions = heads.mask_roi_pool(levels, [*boxes], shapes)
    masks = heads.mask_predictor(heads.mask_head(regions))
    proposals, _ = net.rpn(image_list.ImageList(x, shapes), levels)
    found, _ = heads(levels, proposals, shapes)
    # What is found is filled up to 20 boxes.
    best = [torch.cat([f[key].double().detach(), torch.zeros(20, *f[key].shape[1:])])[:20]
            for key in ("boxes", "scores", "labels") for f in found]
    return [logits, offsets, scores, moves, masks[:, 2]] + best


add("mask_rcnn", mask_rcnn(), image(2, 3, 64, 96), units("units", 2, 3, 4), call=detector)


def retina():
    """Returns a small RetinaNet on a ResNet-18."""
    body = shrunk(tv.resnet18(num_classes=10), 8)
    backbone = backbone_utils.BackboneWithFPN(
        body, {f"layer{i + 1}": str(i) for i in range(1, 4)}, [16, 32, 64], 16,
        pyramids.LastLevelP6P7(16, 16))
    sizes = tuple((8 * 2**i, 10 * 2**i) for i in range(5))
    return retinanet.RetinaNet(
        backbone, 4, anchor_generator=anchor_utils.AnchorGenerator(sizes, ((0.5, 1.0, 2.0),) * 5))


def one_stage(net, x):
    """Returns what is said of anchors, and the anchors."""
    levels = list(net.backbone(x).values())
    said = net.head(levels)
    boxes = net.anchor_generator(image_list.ImageList(x, [(64, 96)] * len(x)), levels)
    return [said["cls_logits"], said["bbox_regression"], boxes[0].double()]


add("retinanet", retina(), image(2, 3, 64, 96), call=one_stage)


def small_ssd():
    """Returns an SSD with a 16th of the channels, and a copy of torchvision's default boxes."""
    body = shrunk(ssd.SSDFeatureExtractorVGG(tv.vgg16().features, False), 16)
    body.scale_weight = nn.Parameter(torch.ones(32) * 20)
    boxes = anchor_utils.DefaultBoxGenerator(
        [[2], [2, 3], [2, 3], [2, 3], [2], [2]], scales=[0.07, 0.15, 0.33, 0.51, 0.69, 0.87, 1.05],
        steps=[8, 16, 32, 64, 100, 300])
    counts = boxes.num_anchors_per_location()
    head = ssd.SSDHead([32, 64, 32, 16, 16, 16], counts, 4)
    return ssd.SSD(body, boxes, (300, 300), 4, head=head)


def default_boxes(net):
    """Returns the default boxes of an image of 300 pixels."""
    grids = [torch.zeros(1, 1, n, n) for n in (38, 19, 10, 5, 3, 1)]
    shapes = image_list.ImageList(torch.zeros(1, 3, 300, 300), [(300, 300)])
    return net.anchor_generator(shapes, grids)[0].double()


def one_shot(net, x):
    """Returns what is said of default boxes, and those of an image of 300 pixels."""
    said = net.head(list(net.backbone(x).values()))
    return [said["cls_logits"], said["bbox_regression"], (default_boxes(net) * 16).round() / 16]


add("ssd", small_ssd(), image(1, 3, 272, 272), call=one_shot)


# Text. Hugging Face computes norms and angles of Llama in f32 whatever the weights are.
def llama_angles(self, x, position_ids):
    """Returns cosines and sines of positions in f64."""
    dim = self.config.head_dim
    base = self.config.rope_parameters["rope_theta"]
    rates = 1.0 / base ** (torch.arange(0, dim, 2, dtype=torch.float64) / dim)
    angles = position_ids[..., None].double() * rates
    angles = torch.cat([angles, angles], -1)
    return angles.cos(), angles.sin()


def in_double(net):
    """Replaces the parts of Llama that compute in f32."""
    module = hf.models.llama.modeling_llama
    module.LlamaRotaryEmbedding.forward = llama_angles
    module.LlamaRMSNorm.forward = lambda self, x: nn.functional.rms_norm(
        x, self.weight.shape, self.weight, self.variance_epsilon)
    return net


def gpt2(**sizes):
    """Returns GPT-2 with the names of the published file: those of GPT2Model."""
    return hf.GPT2Model(hf.GPT2Config(**sizes))


def gpt2_scores(net, tokens):
    """Returns the scores of the next token, by the embeddings themselves."""
    return net(tokens).last_hidden_state @ net.wte.weight.T


small = dict(n_embd=16, n_layer=2, n_head=2, vocab_size=50, n_positions=16)
tokens = integers("tokens", 50, 2, 8)
add("gpt2", gpt2(**small), tokens, call=gpt2_scores)
add("gpt2_next", gpt2(**small), tokens, call=gpt2_scores)
llama = dict(hidden_size=16, intermediate_size=24, num_hidden_layers=2, num_attention_heads=4,
             num_key_value_heads=2, vocab_size=50, rms_norm_eps=1e-5)
for name in ("llama", "llama_next"):
    add(name, in_double(hf.LlamaForCausalLM(hf.LlamaConfig(**llama))), tokens,
        call=lambda net, tokens: net(tokens).logits)


def bert(net, tokens, segments):
    """Returns the scores of words and of the next sentence; the second text ends early."""
    seen = (torch.arange(8) < torch.tensor([[8], [5]])).long()
    y = net(input_ids=tokens, token_type_ids=segments, attention_mask=seen)
    return y.prediction_logits, y.seq_relationship_logits


add("bert",
    hf.BertForPreTraining(hf.BertConfig(
        hidden_size=16, num_hidden_layers=2, num_attention_heads=2, intermediate_size=64,
        vocab_size=50, max_position_embeddings=16)),
    tokens, integers("segments", 2, 2, 8), call=bert)
add("transformer", twins.Translator(16, 32, 2, 2, 20, 30), integers("source", 20, 2, 7),
    integers("target", 30, 2, 6),
    call=lambda net, a, b: net(a, b, torch.tensor([[7], [4]]) <= torch.arange(7)))
add("wavenet", twins.WaveNet(16, 4, 6, 3, 2, 3), integers("samples", 16, 2, 12),
    units("condition", 2, 3))

add("mu_law", nn.Module(), units("x", 16), integers("levels", 256, 16),
    call=lambda net, x, levels: (mu_law_encoding(x, 256).double(),
                                 mu_law_decoding(levels.double(), 256) + 0 * x))

# Images that are made, and densities.
add("dcgan_generator", twins.dcgan_generator(10, 4), image(2, 10, 1, 1),
    call=lambda net, x: net.main(x))
add("dcgan_discriminator", twins.dcgan_discriminator(4), image(2, 3, 64, 64),
    call=lambda net, x: net.main(x))
add("resnet_generator", twins.resnet_generator(4, 2), image(1, 3, 16, 16),
    call=lambda net, x: net.model(x))
add("unet_generator", twins.unet_generator(6, 2, nn.BatchNorm2d, dropout=True),
    image(1, 3, 64, 64), call=lambda net, x: net.model(x))
add("unet_generator_instance", twins.unet_generator(5, 2, nn.InstanceNorm2d), image(1, 3, 64, 64),
    call=lambda net, x: net.model(x))
add("patch_discriminator", twins.patch_discriminator(4), image(1, 3, 32, 32),
    call=lambda net, x: net.model(x))
add("style_generator", twins.StyleGenerator(6, 4), units("z", 2, 6),
    *[units(f"noise{i}", 2, 1, s, s) for i, s in enumerate((4, 4, 8, 8))])
add("real_nvp", twins.RealNVP(3, 4, 8), units("x", 4, 3))


def member(name, make, published=None):
    """Adds the names and shapes of a member of its published size."""
    with torch.device("meta"):
        net = make()
    count = size(net)
    if published is not None and count != published:
        raise ValueError(f"{name} has {count} parameters, not {published}")
    cases.append(case("member_" + name, {"states": digest(net), "parameters": count}))


for name in """alexnet vgg11 vgg11_bn vgg13 vgg13_bn vgg16 vgg16_bn vgg19 vgg19_bn googlenet
        inception_v3 resnet18 resnet34 resnet50 resnet101 resnet152 resnext50_32x4d wide_resnet50_2
        densenet121 densenet161 densenet169 densenet201 squeezenet1_0 squeezenet1_1 mobilenet_v2
        mobilenet_v3_large mobilenet_v3_small efficientnet_b0 efficientnet_b1 efficientnet_b2
        efficientnet_b3 efficientnet_b4 efficientnet_b5 efficientnet_b6 efficientnet_b7
        convnext_tiny convnext_small convnext_base convnext_large vit_b_16 vit_b_32 vit_l_16
        vit_l_32 vit_h_14""".split():
    options = {"init_weights": False} if name in ("googlenet", "inception_v3") else {}
    weights = tv.get_model_weights(name)
    published = weights.DEFAULT.meta["num_params"]
    if name == "googlenet":
        published = None  # The published count leaves out the auxiliary classifiers.
    if name == "vit_h_14":
        published = None  # The default weights are for larger images.
    member(name, lambda name=name, o=options: tv.get_model(name, weights=None, **o), published)
for name, width, depth, heads in (("gpt2", 768, 12, 12), ("gpt2_medium", 1024, 24, 16),
                                  ("gpt2_large", 1280, 36, 20), ("gpt2_xl", 1600, 48, 25)):
    member(name, lambda w=width, d=depth, h=heads: gpt2(n_embd=w, n_layer=d, n_head=h))
for name, width, depth, heads in (("bert_base", 768, 12, 12), ("bert_large", 1024, 24, 16),
                                  ("bert_tiny", 128, 2, 2)):
    member(name, lambda w=width, d=depth, h=heads: hf.BertForPreTraining(hf.BertConfig(
        hidden_size=w, num_hidden_layers=d, num_attention_heads=h, intermediate_size=4 * w)))
for name, sizes in {
        "tiny_llama": (2048, 5632, 22, 32, 4, 32000), "llama2_7b": (4096, 11008, 32, 32, 32, 32000),
        "llama3_8b": (4096, 14336, 32, 32, 8, 128256)}.items():
    keys = ("hidden_size", "intermediate_size", "num_hidden_layers", "num_attention_heads",
            "num_key_value_heads", "vocab_size")
    member(name, lambda s=dict(zip(keys, sizes)): hf.LlamaForCausalLM(hf.LlamaConfig(**s)))
for name in ("fasterrcnn_resnet50_fpn", "maskrcnn_resnet50_fpn", "retinanet_resnet50_fpn",
             "ssd300_vgg16"):
    member(name, lambda n=name: getattr(detection, n)(weights=None, weights_backbone=None))
member("transformer_base", lambda: twins.Translator(512, 2048, 6, 8, 1000, 2000))

write("zoo", cases)
