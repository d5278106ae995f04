"""Writes speech to calibrate an int8 model with: 1.5 s windows of TRAINING speakers, half of them through a telephone.

    python3 calibration_wav.py OUT_DIR [--windows 200] [--data ../../../shared]

Of as many speakers as there are windows, evenly drawn from the sets, the loudest 1.5 s of one file. Every second one goes
through the telephone that evaluate.py uses. Seeded by nothing: the same speech gives the same files, and of these
`turnwise models quantize --calibrate OUT_DIR` makes the same model.
"""
import argparse
import glob
import os
import wave

import numpy as np
import soundfile
from scipy.signal import firwin, resample_poly

WINDOW, GRID = 24000, 4000
SETS = ['librispeech-251', 'speechocean762']
HERE = os.path.dirname(os.path.abspath(__file__))


def telephone(x):
    """As in evaluate.py, which needs PyTorch to be loaded: 8 kHz, 300-3400 Hz, 8-bit mu-law, and back."""
    z = resample_poly(x.astype(np.float64), 1, 2)
    z = np.clip(np.convolve(z, firwin(255, [300, 3400], fs=8000, pass_zero=False), 'same'), -1, 1)
    c = np.sign(z) * np.log1p(255 * abs(z)) / np.log(256)
    c = (np.clip(np.floor(c * 128), -128, 127) + .5) / 128
    return resample_poly(np.sign(c) * (256 ** abs(c) - 1) / 255, 2, 1)[:len(x)].astype(np.float32)


def loudest(x):
    start = max(range(0, len(x) - WINDOW + 1, GRID), key=lambda s: float((x[s:s + WINDOW] ** 2).sum()))
    return x[start:start + WINDOW]


def spread(items, count):
    return [items[i * len(items) // count] for i in range(min(count, len(items)))]


def main():
    p = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    p.add_argument('out')
    p.add_argument('--windows', type=int, default=200)
    p.add_argument('--data', default=os.path.join(HERE, '..', '..', '..', 'shared'))
    a = p.parse_args()
    os.makedirs(a.out, exist_ok=True)
    if os.listdir(a.out):
        p.error(f'{a.out} is not empty')
    written = 0
    for group in SETS:
        speakers = sorted(glob.glob(os.path.join(a.data, 'speech', 'train', group, '*', '')))
        if not speakers:
            p.error(f'there is no speech in {a.data}/speech/train/{group}')
        for d in spread(speakers, a.windows // len(SETS)):
            for f in sorted(glob.glob(d + '*.opus')):
                x = soundfile.read(f, dtype='float32')[0]
                if len(x) < WINDOW:
                    continue
                x = loudest(x)
                if written % 2:
                    x = telephone(x)
                speaker = os.path.basename(d.rstrip('/'))
                kind = 'telephone' if written % 2 else 'wide'
                with wave.open(os.path.join(a.out, f'{written:04}-{group}-{speaker}-{kind}.wav'), 'wb') as w:
                    w.setparams((1, 2, 16000, 0, 'NONE', ''))
                    w.writeframes(np.clip(np.round(x * 32768), -32768, 32767).astype('<i2').tobytes())
                written += 1
                break
    print(f'{written} windows of 1.5 s in {a.out}')


if __name__ == '__main__':
    main()
