"""Writes tiny.safetensors: random weights under the names of the published file, which also has a
mask for each block; and prints what transformers computes with them."""

import torch
from safetensors.torch import save_file
from transformers import GPT2Config, GPT2LMHeadModel

torch.manual_seed(0)
net = GPT2LMHeadModel(GPT2Config(
    vocab_size=256, n_positions=32, n_embd=16, n_layer=2, n_head=2, initializer_range=0.3,
    bos_token_id=0, eos_token_id=0)).eval()
weights = net.transformer.state_dict()
for block in range(2):
    weights[f'h.{block}.attn.bias'] = torch.ones(1, 1, 32, 32).tril()
save_file(weights, 'tiny.safetensors', {'format': 'pt'})

tokens = torch.arange(32) * 7 % 256
with torch.no_grad():
    scores = net.double()(tokens[None]).logits[0]
print('scores[31]', scores[31, :4].tolist())
chances = torch.log_softmax(scores[:-1], -1)
print('log P', chances[torch.arange(31), tokens[1:]].sum().item())
