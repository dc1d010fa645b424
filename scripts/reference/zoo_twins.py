"""Networks of the library Zoo that no package has, written in PyTorch as their papers and the
repositories that named their parameters have them.
"""

import math

import torch
import torch.nn.functional as F
from torch import nn


class LeNet5(nn.Module):
    """The network of PyTorch's first tutorial, or with pools and activations of 1998."""

    def __init__(self, original=False):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 6, 5, padding=2)
        self.conv2 = nn.Conv2d(6, 16, 5)
        self.fc1, self.fc2, self.fc3 = nn.Linear(400, 120), nn.Linear(120, 84), nn.Linear(84, 10)
        if original:
            self.pool1, self.pool2 = Subsampling(6), Subsampling(16)
        self.original = original

    def act(self, x):
        return 1.7159 * torch.tanh(2 / 3 * x) if self.original else F.relu(x)

    def forward(self, x):
        x, y = self.act(self.conv1(x)), None
        x = self.act(self.pool1(x)) if self.original else F.max_pool2d(x, 2)
        x = self.act(self.conv2(x))
        x = self.act(self.pool2(x)) if self.original else F.max_pool2d(x, 2)
        return self.fc3(self.act(self.fc2(self.act(self.fc1(x.flatten(1))))))


class Subsampling(nn.Module):
    """Means of four pixels with a factor and a bias for each channel."""

    def __init__(self, channels):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(channels, 1, 1))
        self.bias = nn.Parameter(torch.zeros(channels, 1, 1))

    def forward(self, x):
        return F.avg_pool2d(x, 2) * self.weight + self.bias


class ZFNet(nn.Module):
    """Table of figure 3 of Zeiler and Fergus, with PyTorch's local response norm."""

    def __init__(self, width, hidden, classes, features):
        super().__init__()
        a, b = width * 8 // 3, width * 4
        self.features = nn.Sequential(
            nn.Conv2d(3, width, 7, 2, 1), nn.ReLU(), nn.MaxPool2d(3, 2, 1),
            nn.LocalResponseNorm(5, k=2.0),
            nn.Conv2d(width, a, 5, 2), nn.ReLU(), nn.MaxPool2d(3, 2, 1),
            nn.LocalResponseNorm(5, k=2.0),
            nn.Conv2d(a, b, 3, 1, 1), nn.ReLU(), nn.Conv2d(b, b, 3, 1, 1), nn.ReLU(),
            nn.Conv2d(b, a, 3, 1, 1), nn.ReLU(), nn.MaxPool2d(3, 2))
        self.classifier = nn.Sequential(
            nn.Linear(features, hidden), nn.ReLU(), nn.Dropout(), nn.Linear(hidden, hidden),
            nn.ReLU(), nn.Dropout(), nn.Linear(hidden, classes))

    def forward(self, x):
        return self.classifier(self.features(x).flatten(1))


class PreActivation(nn.Module):
    """A bottleneck of He et al., 2016."""

    def __init__(self, inputs, hidden, outputs, stride):
        super().__init__()
        self.bn1, self.conv1 = nn.BatchNorm2d(inputs), nn.Conv2d(inputs, hidden, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(hidden)
        self.conv2 = nn.Conv2d(hidden, hidden, 3, stride, 1, bias=False)
        self.bn3, self.conv3 = nn.BatchNorm2d(hidden), nn.Conv2d(hidden, outputs, 1, bias=False)
        if stride > 1 or inputs != outputs:
            self.downsample = nn.Conv2d(inputs, outputs, 1, stride, bias=False)

    def forward(self, x):
        a = F.relu(self.bn1(x))
        around = self.downsample(a) if hasattr(self, "downsample") else x
        y = self.conv2(F.relu(self.bn2(self.conv1(a))))
        return self.conv3(F.relu(self.bn3(y))) + around


class PreActivationResNet(nn.Module):
    """Two stages of bottlenecks, 1 and 2, on images of 32 pixels."""

    def __init__(self, width, classes):
        super().__init__()
        self.conv1 = nn.Conv2d(3, width, 3, 1, 1, bias=False)
        self.layer1 = nn.Sequential(PreActivation(width, width, 4 * width, 1))
        self.layer2 = nn.Sequential(
            PreActivation(4 * width, 2 * width, 8 * width, 2),
            PreActivation(8 * width, 2 * width, 8 * width, 1))
        self.bn1, self.fc = nn.BatchNorm2d(8 * width), nn.Linear(8 * width, classes)

    def forward(self, x):
        y = F.relu(self.bn1(self.layer2(self.layer1(self.conv1(x)))))
        return self.fc(y.mean((2, 3)))


class DoubleConv(nn.Module):
    """Two convolutions of the Pytorch-UNet of milesial."""

    def __init__(self, inputs, outputs, middle=None):
        super().__init__()
        middle = middle or outputs
        self.double_conv = nn.Sequential(
            nn.Conv2d(inputs, middle, 3, padding=1, bias=False), nn.BatchNorm2d(middle), nn.ReLU(),
            nn.Conv2d(middle, outputs, 3, padding=1, bias=False), nn.BatchNorm2d(outputs),
            nn.ReLU())

    def forward(self, x):
        return self.double_conv(x)


class Down(nn.Module):
    """A level down."""

    def __init__(self, inputs, outputs):
        super().__init__()
        self.maxpool_conv = nn.Sequential(nn.MaxPool2d(2), DoubleConv(inputs, outputs))

    def forward(self, x):
        return self.maxpool_conv(x)


class Up(nn.Module):
    """A level up."""

    def __init__(self, inputs, outputs, bilinear):
        super().__init__()
        if bilinear:
            self.up = nn.Upsample(scale_factor=2, mode="bilinear", align_corners=True)
            self.conv = DoubleConv(inputs, outputs, inputs // 2)
        else:
            self.up = nn.ConvTranspose2d(inputs, inputs // 2, 2, 2)
            self.conv = DoubleConv(inputs, outputs)

    def forward(self, x1, x2):
        x1 = self.up(x1)
        dy, dx = x2.size(2) - x1.size(2), x2.size(3) - x1.size(3)
        x1 = F.pad(x1, [dx // 2, dx - dx // 2, dy // 2, dy - dy // 2])
        return self.conv(torch.cat([x2, x1], dim=1))


class OutConv(nn.Module):
    """The scores."""

    def __init__(self, inputs, outputs):
        super().__init__()
        self.conv = nn.Conv2d(inputs, outputs, 1)

    def forward(self, x):
        return self.conv(x)


class UNet(nn.Module):
    """The Pytorch-UNet of milesial, with another first width than 64."""

    def __init__(self, width, classes=2, bilinear=False):
        super().__init__()
        factor = 2 if bilinear else 1
        w = [width * 2**i for i in range(5)]
        self.inc = DoubleConv(3, w[0])
        self.down1, self.down2, self.down3 = Down(w[0], w[1]), Down(w[1], w[2]), Down(w[2], w[3])
        self.down4 = Down(w[3], w[4] // factor)
        self.up1 = Up(w[4], w[3] // factor, bilinear)
        self.up2 = Up(w[3], w[2] // factor, bilinear)
        self.up3 = Up(w[2], w[1] // factor, bilinear)
        self.up4 = Up(w[1], w[0], bilinear)
        self.outc = OutConv(w[0], classes)

    def forward(self, x):
        x1 = self.inc(x)
        x2 = self.down1(x1)
        x3 = self.down2(x2)
        x4 = self.down3(x3)
        x = self.up1(self.down4(x4), x4)
        return self.outc(self.up4(self.up3(self.up2(x, x3), x2), x1))


class Translator(nn.Module):
    """PyTorch's tutorial on translation with nn.Transformer, batches first."""

    def __init__(self, width, hidden, depth, heads, source, target):
        super().__init__()
        self.transformer = nn.Transformer(
            width, heads, depth, depth, hidden, dropout=0.0, batch_first=True)
        self.generator = nn.Linear(width, target)
        self.src_tok_emb, self.tgt_tok_emb = nn.Module(), nn.Module()
        self.src_tok_emb.embedding = nn.Embedding(source, width)
        self.tgt_tok_emb.embedding = nn.Embedding(target, width)
        self.width = width

    def embed(self, embedding, tokens):
        steps, width = tokens.shape[1], self.width
        rates = torch.exp(-torch.arange(0, width, 2) * math.log(10000) / width)
        angles = torch.arange(0, steps).reshape(steps, 1) * rates
        positions = torch.stack([angles.sin(), angles.cos()], -1).reshape(steps, width)
        return embedding.embedding(tokens.long()) * math.sqrt(width) + positions

    def forward(self, source, target, padding):
        steps = target.shape[1]
        mask = torch.triu(torch.ones(steps, steps, dtype=torch.bool), 1)
        y = self.transformer(
            self.embed(self.src_tok_emb, source), self.embed(self.tgt_tok_emb, target),
            tgt_mask=mask, src_key_padding_mask=padding, memory_key_padding_mask=padding)
        return self.generator(y)


class WaveNet(nn.Module):
    """Gated causal convolutions of two taps."""

    def __init__(self, levels, width, skip, depth, stacks, condition):
        super().__init__()
        self.levels = levels
        self.start = nn.Conv1d(levels, width, 1)
        self.blocks = nn.ModuleList()
        for i in range(depth * stacks):
            block = nn.Module()
            block.filter = nn.Conv1d(width, width, 2, dilation=2 ** (i % depth))
            block.gate = nn.Conv1d(width, width, 2, dilation=2 ** (i % depth))
            block.residual, block.skip = nn.Conv1d(width, width, 1), nn.Conv1d(width, skip, 1)
            block.filter_condition = nn.Linear(condition, width, bias=False)
            block.gate_condition = nn.Linear(condition, width, bias=False)
            self.blocks.append(block)
        self.end1, self.end2 = nn.Conv1d(skip, skip, 1), nn.Conv1d(skip, levels, 1)

    def forward(self, samples, condition):
        x = self.start(F.one_hot(samples.long(), self.levels).double().transpose(1, 2))
        total = 0
        for block in self.blocks:
            past = F.pad(x, (block.filter.dilation[0], 0))
            a = block.filter(past) + block.filter_condition(condition)[:, :, None]
            b = block.gate(past) + block.gate_condition(condition)[:, :, None]
            y = torch.tanh(a) * torch.sigmoid(b)
            x, total = x + block.residual(y), total + block.skip(y)
        return self.end2(F.relu(self.end1(F.relu(total))))


def dcgan_generator(latent, width, channels=3):
    """The generator of PyTorch's tutorial for 32 pixels."""
    net = nn.Module()
    net.main = nn.Sequential(
        nn.ConvTranspose2d(latent, width * 4, 4, 1, 0, bias=False), nn.BatchNorm2d(width * 4),
        nn.ReLU(),
        nn.ConvTranspose2d(width * 4, width * 2, 4, 2, 1, bias=False), nn.BatchNorm2d(width * 2),
        nn.ReLU(),
        nn.ConvTranspose2d(width * 2, width, 4, 2, 1, bias=False), nn.BatchNorm2d(width), nn.ReLU(),
        nn.ConvTranspose2d(width, channels, 4, 2, 1, bias=False), nn.Tanh())
    return net


def dcgan_discriminator(width, channels=3):
    """The discriminator of PyTorch's tutorial for 64 pixels, without its sigmoid."""
    net = nn.Module()
    layers = [nn.Conv2d(channels, width, 4, 2, 1, bias=False), nn.LeakyReLU(0.2)]
    for i in range(3):
        layers += [nn.Conv2d(width * 2**i, width * 2 ** (i + 1), 4, 2, 1, bias=False),
                   nn.BatchNorm2d(width * 2 ** (i + 1)), nn.LeakyReLU(0.2)]
    net.main = nn.Sequential(*layers, nn.Conv2d(width * 8, 1, 4, 1, 0, bias=False))
    return net


class ResnetBlock(nn.Module):
    """A block of pytorch-CycleGAN-and-pix2pix."""

    def __init__(self, dim):
        super().__init__()
        self.conv_block = nn.Sequential(
            nn.ReflectionPad2d(1), nn.Conv2d(dim, dim, 3), nn.InstanceNorm2d(dim), nn.ReLU(),
            nn.ReflectionPad2d(1), nn.Conv2d(dim, dim, 3), nn.InstanceNorm2d(dim))

    def forward(self, x):
        return x + self.conv_block(x)


def resnet_generator(width, blocks):
    """ResnetGenerator of pytorch-CycleGAN-and-pix2pix, with its defaults."""
    norm = nn.InstanceNorm2d
    layers = [nn.ReflectionPad2d(3), nn.Conv2d(3, width, 7), norm(width), nn.ReLU()]
    for i in range(2):
        a = width * 2**i
        layers += [nn.Conv2d(a, 2 * a, 3, 2, 1), norm(2 * a), nn.ReLU()]
    layers += [ResnetBlock(4 * width) for _ in range(blocks)]
    for i in range(2):
        a = width * 2 ** (2 - i)
        layers += [nn.ConvTranspose2d(a, a // 2, 3, 2, 1, 1), norm(a // 2), nn.ReLU()]
    layers += [nn.ReflectionPad2d(3), nn.Conv2d(width, 3, 7), nn.Tanh()]
    net = nn.Module()
    net.model = nn.Sequential(*layers)
    return net


class UnetSkipConnectionBlock(nn.Module):
    """A level of the UnetGenerator of pytorch-CycleGAN-and-pix2pix."""

    def __init__(self, outer, inner, norm, channels=None, inside=None, outermost=False,
                 dropout=False):
        super().__init__()
        self.outermost = outermost
        bias = norm == nn.InstanceNorm2d
        down = nn.Conv2d(channels or outer, inner, 4, 2, 1, bias=bias)
        wide = inner if inside is None else inner * 2
        if outermost:
            layers = [down, inside, nn.ReLU(), nn.ConvTranspose2d(wide, outer, 4, 2, 1), nn.Tanh()]
        else:
            up = nn.ConvTranspose2d(wide, outer, 4, 2, 1, bias=bias)
            middle = [] if inside is None else [norm(inner), inside]
            layers = [nn.LeakyReLU(0.2), down, *middle, nn.ReLU(), up, norm(outer)]
            if dropout:
                layers.append(nn.Dropout(0.5))
        self.model = nn.Sequential(*layers)

    def forward(self, x):
        return self.model(x) if self.outermost else torch.cat([x, self.model(x)], 1)


def unet_generator(downs, width, norm, dropout=False):
    """UnetGenerator of pytorch-CycleGAN-and-pix2pix."""
    block = UnetSkipConnectionBlock(width * 8, width * 8, norm)
    for _ in range(downs - 5):
        block = UnetSkipConnectionBlock(width * 8, width * 8, norm, inside=block, dropout=dropout)
    for i in (4, 2, 1):
        block = UnetSkipConnectionBlock(width * i, width * 2 * i, norm, inside=block)
    net = nn.Module()
    net.model = UnetSkipConnectionBlock(3, width, norm, 3, block, outermost=True)
    return net


def patch_discriminator(width):
    """NLayerDiscriminator of pytorch-CycleGAN-and-pix2pix with instance norms."""
    layers = [nn.Conv2d(3, width, 4, 2, 1), nn.LeakyReLU(0.2)]
    for i, stride in enumerate((2, 2, 1)):
        a, b = width * 2**i, width * 2 ** (i + 1)
        layers += [nn.Conv2d(a, b, 4, stride, 1), nn.InstanceNorm2d(b), nn.LeakyReLU(0.2)]
    net = nn.Module()
    net.model = nn.Sequential(*layers, nn.Conv2d(width * 8, 1, 4, 1, 1))
    return net


class Scaled(nn.Module):
    """Weights that are scaled when they are used: linear, or a convolution."""

    def __init__(self, outputs, inputs, *window, rate=1.0):
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(outputs, inputs, *window))
        self.bias = nn.Parameter(torch.zeros(outputs))
        self.scale, self.rate = rate / math.sqrt(inputs * math.prod(window)), rate

    def forward(self, x):
        if self.weight.dim() == 2:
            return F.linear(x, self.weight * self.scale, self.bias * self.rate)
        return F.conv2d(x, self.weight * self.scale, self.bias, padding=self.weight.shape[2] // 2)


class StyleGenerator(nn.Module):
    """Mapping and synthesis of Karras et al., 2018, for images of 8 pixels."""

    def __init__(self, latent, width):
        super().__init__()
        self.mapping = nn.Module()
        self.mapping.layers = nn.ModuleList(Scaled(latent, latent, rate=0.01) for _ in range(2))
        self.levels = nn.ModuleList()
        for inputs, outputs in ((None, 2 * width), (2 * width, width)):
            level = nn.Module()
            if inputs is None:
                level.constant = nn.Parameter(torch.ones(1, outputs, 4, 4))
            else:
                level.conv1 = Scaled(outputs, inputs, 3, 3)
            level.conv2 = Scaled(outputs, outputs, 3, 3)
            for i in (1, 2):
                noise, style = nn.Module(), nn.Module()
                noise.weight = nn.Parameter(torch.zeros(outputs, 1, 1))
                style.style = Scaled(2 * outputs, latent)
                setattr(level, f"noise{i}", noise)
                setattr(level, f"style{i}", style)
            self.levels.append(level)
        self.image = Scaled(3, width, 1, 1)

    @staticmethod
    def styled(level, i, x, w, noise):
        """Returns x after noise, activation and style."""
        x = F.leaky_relu(x + getattr(level, f"noise{i}").weight * noise, 0.2)
        scale, shift = getattr(level, f"style{i}").style(w)[:, :, None, None].chunk(2, 1)
        return F.instance_norm(x) * scale + shift

    def forward(self, z, *noises):
        w = z / torch.sqrt(z.pow(2).mean(1, keepdim=True) + 1e-8)
        for layer in self.mapping.layers:
            w = F.leaky_relu(layer(w), 0.2)
        for i, level in enumerate(self.levels):
            if i == 0:
                x = level.constant.expand(len(z), -1, -1, -1)
            else:
                x = level.conv1(F.interpolate(x, scale_factor=2, mode="bilinear"))
            x = self.styled(level, 1, x, w, noises[2 * i])
            x = self.styled(level, 2, level.conv2(x), w, noises[2 * i + 1])
        return self.image(x)


class RealNVP(nn.Module):
    """Affine couplings of Dinh et al., 2016, that keep every other number."""

    def __init__(self, size, couplings, hidden):
        super().__init__()
        self.couplings = nn.ModuleList()

        def network():
            return [nn.Linear(size, hidden), nn.ReLU(), nn.Linear(hidden, hidden), nn.ReLU(),
                    nn.Linear(hidden, size)]

        for i in range(couplings):
            coupling = nn.Module()
            coupling.scale = nn.Sequential(*network(), nn.Tanh())
            coupling.shift = nn.Sequential(*network())
            coupling.mask = (torch.arange(size) % 2 == i % 2).double()
            self.couplings.append(coupling)

    def forward(self, x):
        z, stretch = x, 0
        for c in self.couplings:
            s, t = c.scale(z * c.mask) * (1 - c.mask), c.shift(z * c.mask) * (1 - c.mask)
            z, stretch = z * c.mask + (1 - c.mask) * (z * torch.exp(s) + t), stretch + s.sum(1)
        density = torch.distributions.Normal(0.0, 1.0).log_prob(z).sum(1) + stretch
        y = z
        for c in reversed(self.couplings):
            s, t = c.scale(y * c.mask) * (1 - c.mask), c.shift(y * c.mask) * (1 - c.mask)
            y = y * c.mask + (1 - c.mask) * ((y - t) * torch.exp(-s))
        return density, z, y
