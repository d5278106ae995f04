"""Decodes training speech to WAV folders, one a speaker, for `turnwise models calibrate`.

    python3 decode_speech.py OUT [--data ../../../shared] [--seed 11]

Speakers are drawn by the seed: adults only (speechocean762 is half children), most of them readers of LibriSpeech.
Clips of one speaker are joined, up to 60 s. None of the speakers of the trials is among them: those are test-other.
Needs numpy and soundfile.
"""
import argparse
import glob
import os

import numpy as np
import soundfile

SPEAKERS = {'librispeech-251': 75, 'librispeech-3': 3, 'speechocean762': 60}
MOST_SECONDS = 60
ADULT = 18


def adults(folder):
    """Ids of the grown-up speakers of speechocean762: its list has four digits, its folders SPEAKER and four digits."""
    with open(os.path.join(folder, 'spk2age')) as f:
        ages = dict(line.split() for line in f)
    return {'SPEAKER' + speaker for speaker, age in ages.items() if int(age) >= ADULT}


def main():
    p = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    p.add_argument('out')
    p.add_argument('--data', default=os.path.join(os.path.dirname(os.path.abspath(__file__)), '../../../shared'))
    p.add_argument('--seed', type=int, default=11)
    a = p.parse_args()
    random = np.random.default_rng(a.seed)
    for group, count in SPEAKERS.items():
        folder = os.path.join(a.data, 'speech', 'train', group)
        names = sorted(os.path.basename(os.path.dirname(d)) for d in glob.glob(os.path.join(folder, '*', '')))
        if group == 'speechocean762':
            names = sorted(set(names) & adults(folder))
        for name in sorted(random.permutation(names)[:count]):
            out = os.path.join(a.out, group + '-' + name)
            os.makedirs(out, exist_ok=True)
            left = MOST_SECONDS * 16000
            for i, f in enumerate(sorted(glob.glob(os.path.join(folder, name, '*.opus')))):
                x, rate = soundfile.read(f, dtype='int16')
                assert rate == 16000 and x.ndim == 1, f
                if left >= 16000:
                    soundfile.write(os.path.join(out, f'{i:03}.wav'), x[:left], rate, subtype='PCM_16')
                left -= len(x)
        print(group, min(count, len(names)), 'speakers')


if __name__ == '__main__':
    main()
