"""Writes the averaged weights of a checkpoint as ONNX: `feats` float32 [B, T, 80] -> `embs` float32 [B, 256].

    python3 export.py --work DIR --out ../turnwise-starter.onnx --centre SPEECH

Batch normalisation is folded into the convolutions, batch and time stay dynamic, opset 14. The file is then read back,
checked, and its graph evaluated without PyTorch's own layers on random features of several shapes.
"""
import argparse
import glob
import hashlib
import os
import warnings

import numpy as np
import onnx
import torch

from network import ResNet34
from onnx_graph import OnnxGraph


def load(work):
    """-> the averaged network of a checkpoint, in evaluation mode, and the checkpoint"""
    c = torch.load(os.path.join(work, 'checkpoint.pt'), map_location='cpu')
    model = ResNet34(c['width'])
    model.load_state_dict(c['average'])
    return model.eval(), c


def centre(model, folder):
    """Subtracts the mean embedding of training speakers (decode_speech.py), as recorded and by telephone: all voices share
    a direction that says nothing about who speaks. Here rather than in each scorer, so that a plain cosine is enough."""
    from evaluate import both_ways, loudest, read_wave   # which imports this file
    means = []
    for speaker in sorted(glob.glob(os.path.join(folder, '*', ''))):
        waves = [read_wave(f) for f in sorted(glob.glob(speaker + '*.wav'))[:4]]
        crops = [w[loudest(w, 24000)] for w in waves if len(w) >= 24000]
        if crops:
            means.append(np.concatenate(both_ways(model, crops)).mean(0))
    mean = torch.from_numpy(np.mean(means, 0))
    print(f'centred on {len(means)} speakers; the mean has length {float(mean.norm()):.3f}')
    with torch.no_grad():
        model.seg_1.bias -= mean


def main():
    p = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    p.add_argument('--work', default='starter-work')
    p.add_argument('--out', default=os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'turnwise-starter.onnx'))
    p.add_argument('--centre', help='speech of training speakers whose mean embedding to subtract: a folder each, WAV')
    a = p.parse_args()
    model, c = load(a.work)
    if a.centre:
        centre(model, a.centre)
    new = a.out + '.new'
    with warnings.catch_warnings():
        warnings.simplefilter('ignore')
        torch.onnx.export(model, torch.randn(2, 148, 80), new, opset_version=14, input_names=['feats'],
                          output_names=['embs'], dynamic_axes={'feats': {0: 'B', 1: 'T'}, 'embs': {0: 'B'}})
    graph = onnx.load(new)
    onnx.checker.check_model(graph, full_check=True)
    # Nothing of the machine it was made on belongs in the file.
    for node in graph.graph.node:
        node.doc_string = ''
    onnx.save(graph, new)
    read_back = OnnxGraph(new)          # the same small interpreter that runs the teacher
    worst = 0.
    for shape in (1, 148, 80), (3, 98, 80), (2, 431, 80), (1, 9, 80):
        feats = torch.randn(shape) * 3
        with torch.no_grad():
            want = model(feats)
        got = read_back(feats)
        assert got.shape == want.shape == (shape[0], 256), (got.shape, want.shape)
        worst = max(worst, float((got - want).abs().max() / want.abs().max()))
    assert worst < 1e-4, worst
    os.replace(new, a.out)
    data = open(a.out, 'rb').read()
    print(f"{a.out}: step {c['step']}, {c['crops']} crops, {c['seconds'] / 60:.1f} minutes; {len(data)} bytes, "
          f"sha256 {hashlib.sha256(data).hexdigest()}, graph agrees with the network to {worst:.1e}")


if __name__ == '__main__':
    main()
