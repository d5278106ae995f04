"""Writes golden.txt: what PyTorch makes of a small ResNet34 whose weights and input follow from a formula.

    python3 golden.py

The test makes the same weights (TinyResNet34), writes them as files, imports these and compares. The network is that of
models/train/network.py; the pooling is written out as WeSpeaker has it (TSTP: torch.var is unbiased). Double precision.
"""
import os
import sys
import zlib

import numpy as np
import torch
import torch.nn.functional as F

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, *['..'] * 8, 'models', 'train'))
import network

WIDTH, DIMENSION = 3, 12                # a width that is also the kernel's size: a wrong order of dimensions fits, too
network.EMBEDDING = DIMENSION


def uniform(name, count):
    """-> count numbers in [0, 1), multiples of 2^-24: splitmix64's finaliser over name and index"""
    with np.errstate(over='ignore'):
        h = (np.uint64(zlib.crc32(name.encode())) * np.uint64(0x9E3779B97F4A7C15)
             + np.arange(1, count + 1, dtype=np.uint64) * np.uint64(0xD1B54A32D192ED03))
        h = (h ^ (h >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        h = (h ^ (h >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        h ^= h >> np.uint64(31)
    return (h >> np.uint64(40)).astype(np.float64) / 2 ** 24


def weights(name, shape):
    u = uniform(name, int(np.prod(shape)))
    if name.endswith('running_var'):
        values = .25 + 2 * u
    elif len(shape) > 1:
        values = (2 * u - 1) * np.sqrt(1.5 / np.prod(shape[1:]))
    elif name.endswith('weight'):
        values = .5 + u
    else:
        values = .6 * u - .3
    return values.astype(np.float32).reshape(shape)


def forward(model, feats):
    x = feats.transpose(1, 2).unsqueeze(1)
    x = F.relu(model.bn1(model.conv1(x)))
    x = model.layer4(model.layer3(model.layer2(model.layer1(x))))
    mean = x.mean(dim=-1).flatten(start_dim=1)
    deviation = torch.sqrt(torch.var(x, dim=-1) + 1e-7).flatten(start_dim=1)
    return model.seg_1(torch.cat((mean, deviation), 1))


def main():
    model = network.ResNet34(WIDTH)
    state = model.state_dict()
    for name, tensor in state.items():
        if not name.endswith('num_batches_tracked'):
            state[name] = torch.from_numpy(weights(name, tuple(tensor.shape)))
    model.load_state_dict(state)
    model = model.double().eval()
    with open(os.path.join(HERE, 'golden.txt'), 'w') as out:
        for frames in 9, 40, 148:
            feats = torch.from_numpy((8 * uniform(f'feats{frames}', frames * 80) - 4).reshape(1, frames, 80))
            with torch.no_grad():
                embedding = forward(model, feats)
                # the training code's own pooling works in single precision
                assert torch.allclose(embedding.float(), model.float()(feats.float()), rtol=1e-4, atol=1e-4)
                model.double()
            print(frames, *('%.9g' % value for value in embedding[0]), file=out)


if __name__ == '__main__':
    main()
