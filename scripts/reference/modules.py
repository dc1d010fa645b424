"""Modules of PyTorch with their state dicts: outputs and gradients by inputs and weights, in f64.

The weights of all modules are one safetensors file, as `ModuleDict.state_dict()` names them.
"""

import itertools
import math

import torch
import torch.nn.functional as F
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from common import Numbers, ModuleGroup

numbers = Numbers(seed=11)
group = ModuleGroup("modules", numbers)


class Function(nn.Module):
    """A function of tensors as a module without parameters."""


def add(name, module, call, scale=0.5, **inputs):
    """Adds the case of `call(module, **inputs)`, which returns a dictionary."""
    group.add(name, module, call, inputs, scale)


def add_function(name, function, **inputs):
    """Adds the case of a function that returns a tensor or a dictionary."""
    group.add(name, Function(), lambda m, **inputs: function(**inputs), inputs)


# Layers without a time.
add("linear", nn.Linear(3, 4), lambda m, x: {"y": m(x)}, x=numbers.normal(2, 3))
add("conv2d", nn.Conv2d(2, 4, 3, padding=1, groups=2), lambda m, x: {"y": m(x)},
    x=numbers.normal(1, 2, 4, 5))
add("batch_norm", nn.BatchNorm2d(3), lambda m, x: {"y": m(x)}, x=numbers.normal(2, 3, 2, 2))
add("layer_norm", nn.LayerNorm(4), lambda m, x: {"y": m(x)}, x=numbers.normal(3, 4))
add("embedding", nn.Embedding(5, 3), lambda m, x: {"y": m(x)},
    x=numbers.integers(5, 2, 4))
add("nested",
    nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.Sequential(nn.Linear(4, 2), nn.Sigmoid())),
    lambda m, x: {"y": m(x)}, x=numbers.normal(2, 3))

# Cells.
x, h, c = numbers.normal(2, 3), numbers.normal(2, 4), numbers.normal(2, 4)
add("rnn_cell", nn.RNNCell(3, 4), lambda m, x, h: {"y": m(x, h)}, x=x, h=h)
add("rnn_cell_relu", nn.RNNCell(3, 4, bias=False, nonlinearity="relu"),
    lambda m, x, h: {"y": m(x, h)}, x=x, h=h)
add("rnn_cell_from_zeros", nn.RNNCell(3, 4), lambda m, x: {"y": m(x)}, x=x)
add("gru_cell", nn.GRUCell(3, 4), lambda m, x, h: {"y": m(x, h)}, x=x, h=h)
add("gru_cell_without_bias", nn.GRUCell(3, 4, bias=False), lambda m, x, h: {"y": m(x, h)}, x=x, h=h)
add("lstm_cell", nn.LSTMCell(3, 4), lambda m, x, h, c: dict(zip("yc", m(x, (h, c)))), x=x, h=h, c=c)


# Recurrent layers.
def recurrent(m, x, h=None, lengths=None):
    """Returns outputs and last state of an RNN or a GRU."""
    if lengths is not None:
        x = pack_padded_sequence(x, lengths, batch_first=m.batch_first, enforce_sorted=False)
    y, last = m(x, h)
    if lengths is not None:
        y, _ = pad_packed_sequence(y, batch_first=m.batch_first, total_length=5)
    return {"y": y, "last": last}


def lstm(m, x, h=None, c=None, lengths=None):
    """Returns outputs and last states of an LSTM."""
    if lengths is not None:
        x = pack_padded_sequence(x, lengths, batch_first=m.batch_first, enforce_sorted=False)
    y, (last, cell) = m(x, None if h is None else (h, c))
    if lengths is not None:
        y, _ = pad_packed_sequence(y, batch_first=m.batch_first, total_length=5)
    return {"y": y, "last": last, "cell": cell}


def sequence(batch_first=False, batch=2):
    """Returns a sequence of 5 steps with 3 numbers each."""
    return numbers.normal(batch, 5, 3) if batch_first else numbers.normal(5, batch, 3)


def state(count, batch=2, size=4):
    """Returns an initial state."""
    return numbers.normal(count, batch, size)


lengths = torch.tensor([3, 5, 1])
add("rnn", nn.RNN(3, 4), recurrent, x=sequence(), h=state(1))
add("rnn_relu_without_bias", nn.RNN(3, 4, nonlinearity="relu", bias=False), recurrent, x=sequence())
add("rnn_deep_both_ways", nn.RNN(3, 4, num_layers=2, bidirectional=True), recurrent,
    x=sequence(), h=state(4))
add("rnn_lengths", nn.RNN(3, 4, bidirectional=True), recurrent,
    x=sequence(batch=3), h=state(2, 3), lengths=lengths)
add("gru", nn.GRU(3, 4), recurrent, x=sequence(), h=state(1))
add("gru_deep_both_ways", nn.GRU(3, 4, num_layers=2, bidirectional=True, batch_first=True),
    recurrent, x=sequence(True), h=state(4))
add("gru_lengths", nn.GRU(3, 4, num_layers=2, bidirectional=True, batch_first=True), recurrent,
    x=sequence(True, 3), lengths=lengths)
add("lstm", nn.LSTM(3, 4), lstm, x=sequence(), h=state(1), c=state(1))
add("lstm_deep_both_ways", nn.LSTM(3, 4, num_layers=2, bidirectional=True, batch_first=True), lstm,
    x=sequence(True), h=state(4), c=state(4))
add("lstm_projected", nn.LSTM(3, 4, num_layers=2, proj_size=2, bidirectional=True), lstm,
    x=sequence(), h=state(4, size=2), c=state(4))
add("lstm_lengths", nn.LSTM(3, 4, bidirectional=True), lstm,
    x=sequence(batch=3), h=state(2, 3), c=state(2, 3), lengths=lengths)
add("lstm_without_bias", nn.LSTM(3, 4, bias=False), lstm, x=sequence())

# Attention.
q, k, v = numbers.normal(2, 3, 4), numbers.normal(2, 5, 4), numbers.normal(2, 5, 6)
seen = torch.tensor([[1, 0, 1, 1, 0], [1, 1, 1, 1, 1], [0, 0, 1, 0, 0]]).bool()
sdpa = F.scaled_dot_product_attention
add_function("dot_product", lambda q, k, v: sdpa(q, k, v), q=q, k=k, v=v)
add_function("dot_product_causal", lambda q, k, v: sdpa(q, k, v, is_causal=True), q=q, k=k, v=v)
add_function("dot_product_seen", lambda q, k, v, mask: sdpa(q, k, v, mask),
             q=q, k=k, v=v, mask=seen)
add_function("dot_product_added", lambda q, k, v, mask: sdpa(q, k, v, mask, scale=0.3),
             q=q, k=k, v=v, mask=numbers.normal(3, 5))


def attend(m, q, k, v, mask=None, padding=None, average=True):
    """Returns outputs and weights of multi-head attention."""
    y, weights = m(q, k, v, key_padding_mask=padding, attn_mask=mask, average_attn_weights=average)
    return {"y": y, "weights": weights}


padding = torch.tensor([[0, 0, 0, 1, 1], [0, 0, 0, 0, 0]]).bool()
q, k, v = numbers.normal(3, 2, 4), numbers.normal(5, 2, 4), numbers.normal(5, 2, 4)
add("heads_self", nn.MultiheadAttention(4, 2), lambda m, x: attend(m, x, x, x),
    x=numbers.normal(3, 2, 4))
add("heads_cross", nn.MultiheadAttention(4, 2), attend, q=q, k=k, v=v)
add("heads_masks", nn.MultiheadAttention(4, 2), attend, q=q, k=k, v=v, mask=~seen,
    padding=padding)
add("heads_added_mask", nn.MultiheadAttention(4, 2, bias=False), attend, q=q, k=k, v=v,
    mask=numbers.normal(4, 3, 5))
add("heads_of_other_sizes", nn.MultiheadAttention(4, 2, kdim=3, vdim=5, batch_first=True),
    lambda m, **inputs: attend(m, **inputs, average=False),
    q=numbers.normal(2, 3, 4), k=numbers.normal(2, 5, 3), v=numbers.normal(2, 5, 5),
    padding=padding)


# Transformers.
def encode(m, x, padding=None, causal=False):
    """Returns what an encoder gives."""
    steps = x.shape[1] if m_first(m) else x.shape[0]
    mask = torch.triu(torch.ones(steps, steps), 1).bool() if causal else None
    name = "src_mask" if isinstance(m, nn.TransformerEncoderLayer) else "mask"
    return {"y": m(x, src_key_padding_mask=padding, **{name: mask})}


def m_first(m):
    """True iff a transformer takes the batch first."""
    layer = m if hasattr(m, "self_attn") else m.layers[0]
    return layer.self_attn.batch_first


def decode(m, x, memory, padding=None):
    """Returns what a decoder gives; no step sees a later one."""
    steps = x.shape[1] if m_first(m) else x.shape[0]
    mask = torch.triu(torch.ones(steps, steps), 1).bool()
    return {"y": m(x, memory, tgt_mask=mask, memory_key_padding_mask=padding)}


class EncoderStack(nn.TransformerEncoder):
    """An encoder without the shortcut for nested tensors."""

    def __init__(self, layer, count, norm):
        super().__init__(layer, count, norm, enable_nested_tensor=False)


padding = torch.tensor([[0, 0, 1], [0, 0, 0]]).bool()
add("encoder_layer", nn.TransformerEncoderLayer(4, 2, 6), encode, x=numbers.normal(3, 2, 4))
add("encoder_layer_norm_first",
    nn.TransformerEncoderLayer(4, 2, 6, activation="gelu", norm_first=True, batch_first=True),
    encode, x=numbers.normal(2, 3, 4), padding=padding)
add("encoder", EncoderStack(nn.TransformerEncoderLayer(4, 2, 6), 2, nn.LayerNorm(4)),
    lambda m, x: encode(m, x, causal=True), x=numbers.normal(3, 2, 4))
add("decoder_layer", nn.TransformerDecoderLayer(4, 2, 6), decode,
    x=numbers.normal(3, 2, 4), memory=numbers.normal(3, 2, 4), padding=padding)
add("decoder_layer_norm_first",
    nn.TransformerDecoderLayer(4, 2, 6, activation="gelu", norm_first=True, batch_first=True),
    decode, x=numbers.normal(2, 3, 4), memory=numbers.normal(2, 5, 4))
add("decoder", nn.TransformerDecoder(nn.TransformerDecoderLayer(4, 2, 6), 2, nn.LayerNorm(4)),
    decode, x=numbers.normal(3, 2, 4), memory=numbers.normal(4, 2, 4))


# Positions.
def sinusoids(steps, size):
    """Returns the table of "Attention is all you need"."""
    place = torch.arange(steps).double()[:, None]
    rates = torch.exp(torch.arange(0, size, 2).double() * (-math.log(10000.0) / size))
    table = torch.zeros(steps, size)
    table[:, 0::2] = torch.sin(place * rates)
    table[:, 1::2] = torch.cos(place * rates)[:, : size // 2]
    return table


def rotary(x, interleaved, offset=0):
    """Returns x with its pairs turned."""
    size = x.shape[-1]
    rates = 10000.0 ** (-torch.arange(0, size, 2).double() / size)
    angles = (torch.arange(x.shape[-2]).double() + offset)[:, None] * rates
    if interleaved:
        pairs = torch.view_as_complex(x.reshape(*x.shape[:-1], -1, 2))
        turned = pairs * torch.polar(torch.ones_like(angles), angles)
        return torch.view_as_real(turned).flatten(-2)
    a, b = x.chunk(2, -1)
    cosine, sine = torch.cat([angles.cos()] * 2, -1), torch.cat([angles.sin()] * 2, -1)
    return x * cosine + torch.cat([-b, a], -1) * sine


class LearnedPositions(nn.Embedding):
    """A learned row for each position."""

    def forward(self, x):
        return x + super().forward(torch.arange(x.shape[-2]))


add_function("sinusoidal_positions", lambda x: {"y": x + sinusoids(4, 5)}, x=numbers.normal(4, 5))
add_function("rotary_positions", lambda x: {"y": rotary(x, False)}, x=numbers.normal(2, 4, 6))
add_function("rotary_positions_interleaved", lambda x: {"y": rotary(x, True, 3)},
             x=numbers.normal(2, 4, 6))
add("learned_positions", LearnedPositions(6, 3), lambda m, x: {"y": m(x)},
    x=numbers.normal(2, 4, 3))


# Attention in recurrent nets.
class Additive(nn.Module):
    """Bahdanau's attention."""

    def __init__(self, query, key, hidden):
        super().__init__()
        self.query = nn.Linear(query, hidden, bias=False)
        self.key = nn.Linear(key, hidden, bias=False)
        self.score = nn.Linear(hidden, 1, bias=False)

    def forward(self, x, keys, values, seen=None):
        scores = self.score(torch.tanh(self.query(x)[:, None] + self.key(keys))).squeeze(-1)
        return mean(scores, values, seen)


class Luong(nn.Module):
    """Luong's general attention."""

    def __init__(self, query, key):
        super().__init__()
        self.key = nn.Linear(key, query, bias=False)

    def forward(self, x, keys, values, seen=None):
        return mean((self.key(keys) * x[:, None]).sum(-1), values, seen)


def mean(scores, values, seen):
    """Returns the weighted mean of the values, and the weights."""
    if seen is not None:
        scores = scores.masked_fill(~seen, -math.inf)
    weights = scores.softmax(-1)
    return {"y": (weights[..., None] * values).sum(1), "weights": weights}


class Translator(nn.Module):
    """An encoder, and a decoder that looks at it and is given what it should have said."""

    def __init__(self):
        super().__init__()
        self.encoder = nn.GRU(3, 4)
        self.embedding = nn.Embedding(5, 3)
        self.attention = Additive(4, 4, 3)
        self.cell = nn.GRUCell(7, 4)
        self.output = nn.Linear(4, 5)

    def forward(self, x, target):
        memory, last = self.encoder(x)
        memory, h, logits = memory.transpose(0, 1), last[0], []
        for token in target.t():
            context = self.attention(h, memory, memory)["y"]
            h = self.cell(torch.cat([self.embedding(token), context], 1), h)
            logits.append(self.output(h))
        return {"y": torch.stack(logits)}

    def greedy(self, x, steps):
        """Returns the likeliest words, each given to the next step."""
        memory, last = self.encoder(x)
        memory, h, tokens = memory.transpose(0, 1), last[0], []
        token = torch.zeros(x.shape[1], dtype=torch.long)
        for _ in range(steps):
            context = self.attention(h, memory, memory)["y"]
            h = self.cell(torch.cat([self.embedding(token), context], 1), h)
            token = self.output(h).argmax(-1)
            tokens.append(token)
        return {"tokens": torch.stack(tokens)}


few = torch.tensor([[1, 1, 0], [1, 1, 1]]).bool()
add("additive_attention", Additive(4, 3, 5), lambda m, **inputs: m(**inputs),
    x=numbers.normal(2, 4), keys=numbers.normal(2, 3, 3), values=numbers.normal(2, 3, 2), seen=few)
add("luong_attention", Luong(4, 3), lambda m, **inputs: m(**inputs),
    x=numbers.normal(2, 4), keys=numbers.normal(2, 3, 3), values=numbers.normal(2, 3, 2), seen=few)
add("translator", Translator(), lambda m, x, target: m(x, target),
    x=numbers.normal(4, 2, 3), target=numbers.integers(5, 2, 3))
add("translator_greedy", Translator(), lambda m, x: m.greedy(x, 6), scale=1.5,
    x=numbers.normal(4, 3, 3))


# Connectionist temporal classification.
def ctc(reduction, zero_infinity=False, blank=0):
    """Returns a function that gives the loss of logits."""

    def function(x, targets, steps, lengths):
        scores = x.log_softmax(-1)
        loss = F.ctc_loss(scores, targets, steps, lengths, blank, reduction, zero_infinity)
        return {"y": loss}

    return function


def greedy(x, steps):
    """Returns what the likeliest classes spell, with blanks behind it."""
    rows, counts = [], []
    for best, count in zip(x.argmax(-1).t().tolist(), steps.tolist()):
        row = [c for c, _ in itertools.groupby(best[:count]) if c != 0]
        rows.append(row + [0] * (x.shape[0] - len(row)))
        counts.append(len(row))
    return {"symbols": torch.tensor(rows), "lengths": torch.tensor(counts)}


x = numbers.normal(7, 4, 4)
targets = torch.tensor([[1, 2, 2], [3, 1, 0], [2, 0, 0], [1, 3, 1]])
steps, count = torch.tensor([7, 5, 6, 3]), torch.tensor([3, 2, 1, 3])
add_function("ctc_mean", ctc("mean"), x=x, targets=targets, steps=steps, lengths=count)
add_function("ctc_sum", ctc("sum"), x=x, targets=targets, steps=steps, lengths=count)
add_function("ctc_none", ctc("none"), x=x, targets=targets, steps=steps, lengths=count)
add_function("ctc_other_blank", ctc("mean", blank=3), x=x, targets=targets % 3, steps=steps,
             lengths=count)
add_function("ctc_impossible", ctc("mean", True), x=x, targets=targets,
             steps=torch.tensor([3, 5, 6, 2]), lengths=count)
add_function("ctc_empty_target", ctc("sum"), x=x, targets=targets, steps=steps,
             lengths=torch.tensor([0, 2, 0, 1]))
add_function("ctc_greedy", greedy, x=torch.repeat_interleave(numbers.normal(6, 3, 3), 2, 0),
             steps=torch.tensor([12, 9, 4]))


# Chains of hidden states, by looking at all ways through them.
def ways(start, moves, end, scores, lengths):
    """Returns for each chain all ways and their scores."""
    found = []
    for n, length in enumerate(lengths.tolist()):
        paths = list(itertools.product(range(scores.shape[2]), repeat=length))
        totals = []
        for path in paths:
            total = start[path[0]] + end[path[-1]]
            total = total + sum(scores[t, n, s] for t, s in enumerate(path))
            total = total + sum(moves[a, b] for a, b in zip(path, path[1:]))
            totals.append(total)
        found.append((paths, torch.stack(totals)))
    return found


def likelihood(start, moves, end, scores, lengths):
    """Returns the likelihood of what each chain shows."""
    return {"y": torch.stack([s.logsumexp(0) for _, s in ways(start, moves, end, scores, lengths)])}


def best(start, moves, end, scores, lengths):
    """Returns the best way of each chain, whose last state is repeated, and its score."""
    paths, totals = [], []
    for found, score in ways(start, moves, end, scores, lengths):
        path = list(found[score.argmax()])
        paths.append(torch.tensor(path + [path[-1]] * (scores.shape[0] - len(path))))
        totals.append(score.max())
    return {"path": torch.stack(paths, 1), "y": torch.stack(totals)}


def posteriors(start, moves, end, scores, lengths):
    """Returns the probability of each state in each step; 0 after the end of a chain."""
    shares = [[[torch.zeros(()).double()] * 3 for _ in lengths] for _ in scores]
    for n, (paths, totals) in enumerate(ways(start, moves, end, scores, lengths)):
        for path, share in zip(paths, totals.softmax(0)):
            for t, s in enumerate(path):
                shares[t][n][s] = shares[t][n][s] + share
    return {"y": torch.stack([torch.stack([torch.stack(s) for s in step]) for step in shares])}


def counts(start, moves, end, scores, lengths):
    """Returns how often a state is expected to begin a chain and to follow another one."""
    starts = [torch.zeros(()).double()] * 3
    pairs = [[torch.zeros(()).double()] * 3 for _ in range(3)]
    for paths, totals in ways(start, moves, end, scores, lengths):
        for path, share in zip(paths, totals.softmax(0)):
            starts[path[0]] = starts[path[0]] + share
            for a, b in zip(path, path[1:]):
                pairs[a][b] = pairs[a][b] + share
    return {"starts": torch.stack(starts), "pairs": torch.stack([torch.stack(p) for p in pairs])}


class Field(nn.Module):
    """A linear-chain conditional random field."""

    def __init__(self, labels):
        super().__init__()
        self.start_transitions = nn.Parameter(torch.zeros(labels))
        self.end_transitions = nn.Parameter(torch.zeros(labels))
        self.transitions = nn.Parameter(torch.zeros(labels, labels))

    def forward(self, x, labels, lengths):
        chain = self.start_transitions, self.transitions, self.end_transitions
        found = []
        for n, (paths, totals) in enumerate(ways(*chain, x, lengths)):
            own = tuple(labels[: lengths[n], n].tolist())
            found.append(totals[paths.index(own)] - totals.logsumexp(0))
        return {"y": torch.stack(found)}


chain = {
    "start": numbers.normal(3), "moves": numbers.normal(3, 3), "end": numbers.normal(3),
    "scores": numbers.normal(5, 3, 3), "lengths": torch.tensor([5, 3, 1]),
}
add_function("chain_likelihood", likelihood, **chain)
add_function("chain_best", best, **chain)
add("random_field", Field(3), lambda m, x, labels, lengths: m(x, labels, lengths),
    x=numbers.normal(4, 2, 3), labels=numbers.integers(3, 4, 2), lengths=torch.tensor([4, 2]))
add_function("chain_posteriors", posteriors, **chain)
add_function("chain_counts", counts, **chain)
one = dict(chain, scores=numbers.normal(1, 2, 3), lengths=torch.tensor([1, 1]))
add_function("chain_of_one_step", posteriors, **one)

group.write()
