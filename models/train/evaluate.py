"""States how good a model is. Nothing is chosen here: train.py never reads the trials.

    python3 evaluate.py --work DIR [--data ../../../shared]

1. Equal-error rates on the trials (5 speakers x 10 utterances, all pairs of two different utterances), by duration,
   as recorded, through a telephone on both sides, and on one side only; next to the teacher's.
2. A threshold for 1.5 s: the equal-error point of crops of TRAINING speakers, as recorded and through a telephone.
   It is too low or too high by what the network remembers of those voices; the trials' own point is printed beside it.
"""
import argparse
import glob
import json
import os
import wave

import numpy as np
import torch
from scipy.signal import firwin, resample_poly

from corpus import clips_of
from export import load
from fbank import fbank
from onnx_graph import OnnxGraph
from train import DATA

DURATIONS = [('1.5 s', 24000), ('3 s', 48000), ('whole', None)]


def telephone(x):
    """Written independently of augment.py: polyphase to 8 kHz, 300-3400 Hz linear-phase filter, 8-bit mu-law, and back."""
    z = resample_poly(x.astype(np.float64), 1, 2)
    z = np.clip(np.convolve(z, firwin(255, [300, 3400], fs=8000, pass_zero=False), 'same'), -1, 1)
    c = np.sign(z) * np.log1p(255 * abs(z)) / np.log(256)
    c = (np.clip(np.floor(c * 128), -128, 127) + .5) / 128
    y = resample_poly(np.sign(c) * (256 ** abs(c) - 1) / 255, 2, 1)[:len(x)]
    return (np.round(np.clip(y, -1, 1) * 32767) / 32768).astype(np.float32)


def read_wave(path):
    with wave.open(path) as w:
        assert w.getnchannels() == 1 and w.getsampwidth() == 2 and w.getframerate() == 16000, path
        return np.frombuffer(w.readframes(w.getnframes()), '<i2').astype(np.float32) / 32768


def loudest(x, samples):
    """Where the loudest stretch of that length starts: a crop of silence says nothing about a voice."""
    if samples is None or len(x) <= samples:
        return slice(0, len(x))
    start = max(range(0, len(x) - samples + 1, 4000), key=lambda s: float((x[s:s + samples] ** 2).sum()))
    return slice(start, start + samples)


def equal_error(targets, others):
    """-> (rate in %, threshold)"""
    scores = np.concatenate([targets, others])
    order = np.argsort(-scores, kind='stable')
    same = np.concatenate([np.ones(len(targets)), np.zeros(len(others))])[order]
    missed, accepted = 1 - np.cumsum(same) / same.sum(), np.cumsum(1 - same) / (1 - same).sum()
    i = np.argmin(abs(missed - accepted))
    return 50 * (missed[i] + accepted[i]), float(scores[order][i])


def compare(speakers, left, right, mean=0.):
    unit = lambda v: v / np.linalg.norm(v, axis=1, keepdims=True)
    a, b = (unit(unit(v) - mean) for v in (left, right))
    scores = a @ b.T
    same = speakers[:, None] == speakers[None, :]
    pair = ~np.eye(len(speakers), dtype=bool)     # never an utterance with itself, on either side of the telephone
    if left is right:
        pair = np.triu(pair)
    targets, others = scores[same & pair], scores[~same & pair]
    rate, threshold = equal_error(targets, others)
    return dict(eer=round(float(rate), 2), threshold=round(threshold, 3), same=round(float(targets.mean()), 3),
                different=round(float(others.mean()), 3), pairs=[len(targets), len(others)])


def embed(network, waves):
    with torch.no_grad():
        return np.stack([network(torch.from_numpy(fbank(w))[None])[0].numpy() for w in waves])


def both_ways(network, waves):
    return embed(network, waves), embed(network, [telephone(w) for w in waves])


def all_three(speakers, embedded, mean=0.):
    recorded, phone = embedded
    return {'as recorded': compare(speakers, recorded, recorded, mean), 'telephone': compare(speakers, phone, phone, mean),
            'one side': compare(speakers, recorded, phone, mean)}


def main():
    p = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    p.add_argument('--work', default='starter-work')
    p.add_argument('--data', default=DATA)
    p.add_argument('--json', help='write the figures here as well')
    a = p.parse_args()
    model, checkpoint = load(a.work)
    teacher = OnnxGraph(os.path.join(a.data, 'models', 'voxsv_feats.onnx'))

    # Training speakers: the loudest 1.5 s of each quarter of all that 150 of them say.
    by_speaker, speakers, crops = {}, [], []
    for _, s, x in clips_of(os.path.join(a.data, 'speech', 'train'), ('librispeech-251', 'speechocean762')):
        by_speaker.setdefault(s, []).append(x.astype(np.float32) / 32768)
    for s in np.random.default_rng(7).permutation(sorted(by_speaker))[:150]:
        for part in np.array_split(np.concatenate(by_speaker[s]), 4):
            if len(part) >= 30000:
                crops.append(part[loudest(part, 24000)])
                speakers.append(s)
    speakers, embedded = np.array(speakers), both_ways(model, crops)
    both = np.concatenate([v / np.linalg.norm(v, axis=1, keepdims=True) for v in embedded]).mean(0)
    training = {k: all_three(speakers, embedded, m) for k, m in (('plain', 0.), ('centred', both))}
    report = dict(crops=checkpoint['crops'], steps=checkpoint['step'], minutes=round(checkpoint['seconds'] / 60, 1),
                  mean_norm=round(float(np.linalg.norm(both)), 3), training_speakers_1_5_s=training, trials={})

    files = sorted(glob.glob(os.path.join(a.data, 'speech', 'trials', '*', '*.wav')))
    who = np.array([os.path.basename(os.path.dirname(f)) for f in files])
    for name, samples in DURATIONS:
        waves = [w[loudest(w, samples)] for w in map(read_wave, files)]
        embedded = both_ways(model, waves)
        report['trials'][name] = {'starter': all_three(who, embedded), 'starter, centred': all_three(who, embedded, both),
                                  'teacher': all_three(who, both_ways(teacher, waves))}
    print('\n'.join(f'{k}: {v}' for k, v in training.items()), f"mean norm {report['mean_norm']}")
    for name, rows in report['trials'].items():
        for network, columns in rows.items():
            print(f'{name:6} {network:17}', *(f"{c} {v['eer']:5.2f} % at {v['threshold']:.3f}" for c, v in columns.items()), sep=' | ')
    if a.json:
        with open(a.json, 'w') as f:
            json.dump(report, f, indent=1)


if __name__ == '__main__':
    main()
