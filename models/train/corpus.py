"""The training speech, decoded, cut, speed-perturbed and embedded by the teacher once, then kept in a cache folder.

Every speed makes another voice (pitch and formants move together), so 530 speakers become 2,650 classes.
The teacher sees the clean clip of up to 10 s rather than the crop of 1.5 s: a far less noisy target
(its equal-error rate falls from 7.6 % at 1.5 s to 1.8 % on whole utterances), and one that costs nothing per step.
"""
import glob
import json
import os

import numpy as np
import soundfile
import torch
from scipy.signal import resample_poly

from fbank import TorchFbank
from onnx_graph import OnnxGraph

CROP = 24000                     # 1.5 s, 148 frames: what the application embeds
CONTEXT = 4000                   # what precedes a crop, so that reverberation has something to ring from
CLIP, SHORTEST = 160000, 36000   # clips of 10 s; the shortest still holds a crop with context at the fastest speed
SPEEDS = [(1, 1), (10, 9), (10, 11), (5, 4), (5, 6)]   # (up, down) of the resampler: 1, 0.9, 1.1, 0.8, 1.2
SPEED_WEIGHTS = [.30, .20, .20, .15, .15]
SET_WEIGHTS = {'speechocean762': .50, 'librispeech-251': .38, 'librispeech-3': .06, 'arabic-sc': .06}


def clips_of(folder, only_sets=tuple(SET_WEIGHTS)):
    """speech/train/SET/SPEAKER/*.opus -> [(set, speaker, int16 samples)]; a speaker's files are joined, then cut."""
    clips = []
    for d in sorted(glob.glob(os.path.join(folder, '*', '*', ''))):
        group, speaker = d.rstrip('/').split('/')[-2:]
        if group not in only_sets:
            continue
        x = np.concatenate([soundfile.read(f, dtype='int16')[0] for f in sorted(glob.glob(d + '*.opus'))])
        for start in range(0, max(1, len(x) - CLIP // 4), CLIP):
            if len(x) - start >= SHORTEST:
                clips.append((group, group + '/' + speaker, x[start:start + CLIP]))
    return clips


def prepare(data, cache, say=print):
    """Writes pool.npy (all samples), corpus.json (where each clip lies) and targets.npy [clip, speed, 64]."""
    os.makedirs(cache, exist_ok=True)
    clips = clips_of(os.path.join(data, 'speech', 'train'))
    say(f'{len(clips)} clips, {sum(len(c[2]) for c in clips) / 960000:.0f} minutes decoded')
    pieces, lengths = [], []
    for _, _, x in clips:
        fast = [x if up == down else np.clip(np.round(resample_poly(x.astype(np.float32), up, down)), -32768, 32767)
                .astype(np.int16) for up, down in SPEEDS]
        pieces += fast
        lengths.append([len(p) for p in fast])
    say('speeds made')
    np.save(os.path.join(cache, 'pool.npy'), np.concatenate(pieces))
    teacher, features = OnnxGraph(os.path.join(data, 'models', 'voxsv_feats.onnx')), TorchFbank()
    targets = np.zeros((len(clips), len(SPEEDS), 64), np.float32)
    for i in range(len(pieces)):
        e = teacher(features(torch.from_numpy(pieces[i].astype(np.float32) / 32768)[None]))[0].numpy()
        targets[divmod(i, len(SPEEDS))] = e / np.linalg.norm(e)
        if i % 1000 == 0:
            say(f'teacher {i} of {len(pieces)}')
    np.save(os.path.join(cache, 'targets.npy'), targets)
    with open(os.path.join(cache, 'corpus.json'), 'w') as f:   # last: its presence says that the cache is whole
        json.dump(dict(sets=[c[0] for c in clips], speakers=[c[1] for c in clips], lengths=lengths), f)


class Corpus:
    """All samples in memory; a batch is drawn as set, then clip, then speed, then the louder of two positions."""

    def __init__(self, data, cache, seed, say=print):
        if not os.path.exists(os.path.join(cache, 'corpus.json')):
            prepare(data, cache, say)
        with open(os.path.join(cache, 'corpus.json')) as f:
            index = json.load(f)
        self.pool = np.load(os.path.join(cache, 'pool.npy'), mmap_mode='r')
        self.lengths = np.array(index['lengths'])
        flat = self.lengths.ravel()
        self.offsets = (np.cumsum(flat) - flat).reshape(self.lengths.shape)
        self.sets = np.array(index['sets'])
        self.clips_in = {g: np.flatnonzero(self.sets == g) for g in SET_WEIGHTS}
        names = sorted(set(index['speakers']))
        self.speaker = np.array([names.index(s) for s in index['speakers']])
        self.speakers, self.classes = len(names), len(names) * len(SPEEDS)
        self.targets, self.voices, self.teacher_mean = self._blend(np.load(os.path.join(cache, 'targets.npy')))
        self.random = np.random.default_rng(seed)

    def _blend(self, raw):
        """The target of a clip: half the clip's own embedding, half its speaker's mean at that speed; centred on the
        mean over the widest set, since cosines of uncentred embeddings are all high."""
        unit = lambda v: v / np.linalg.norm(v, axis=-1, keepdims=True)
        mean = raw[self.sets == 'librispeech-251'].mean((0, 1))
        centred = unit(raw - mean)
        voice = unit(np.stack([centred[self.speaker == s].mean(0) for s in range(self.speakers)]))
        return (unit(centred + voice[self.speaker]).astype(np.float32),
                voice.reshape(-1, 64).astype(np.float32), mean)             # class = speaker x speed, in that order

    def batch(self, size, crop=CROP):
        """-> samples [B, CONTEXT + crop] float32, class [B], target [B, 64]"""
        groups = list(SET_WEIGHTS)
        drawn = self.random.choice(len(groups), size, p=list(SET_WEIGHTS.values()))
        clip = np.array([self.random.choice(self.clips_in[groups[g]]) for g in drawn])
        speed = self.random.choice(len(SPEEDS), size, p=SPEED_WEIGHTS)
        out = np.empty((size, CONTEXT + crop), np.float32)
        for row, (c, k) in enumerate(zip(clip, speed)):
            room = self.lengths[c, k] - CONTEXT - crop
            best = -1.0
            for start in (self.random.random(2) * room).astype(int):
                x = self.pool[self.offsets[c, k] + start:][:CONTEXT + crop].astype(np.float32)
                energy = float(np.dot(x[CONTEXT:], x[CONTEXT:]))
                if energy > best:
                    best, out[row] = energy, x
        out /= 32768
        return (torch.from_numpy(out), torch.from_numpy(self.speaker[clip] * len(SPEEDS) + speed),
                torch.from_numpy(self.targets[clip, speed]))
