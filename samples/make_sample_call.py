#!/usr/bin/env python3
"""Makes sample-call.wav and sample-call.rttm: a support call of about a minute between two synthetic voices.

    python3 make_sample_call.py            (needs flite 2.2 and numpy; writes beside itself)

Nobody is recorded in it. Every turn is spoken by flite, placed on a time line with short pauses, band-limited to
300-3400 Hz, mixed with a faint line noise and written as 8 kHz mu-law. The same bytes come out every time: flite is
deterministic, the noise is seeded. The RTTM holds where the speech really is: a turn is split where its voice pauses
for 0.3 s or longer, and each span runs from the first to the last sample above the voice's own floor.
"""
import os
import struct
import subprocess
import tempfile
import wave

import numpy as np

HERE = os.path.dirname(os.path.abspath(__file__))
NAME = 'sample-call'
VOICES = {'agent': 'slt', 'customer': 'awb'}
RATE = 8000
PAUSE_SPLITS = .3     # s
CALL = [  # (pause before the turn in s, speaker, words)
    (.6, 'agent', 'Good morning, thank you for calling Riverside Bikes. My name is Alice. How can I help you?'),
    (.5, 'customer', 'Hello. I ordered a bicycle lamp two weeks ago, and it has still not arrived.'),
    (.6, 'agent', 'I am sorry to hear that. Could you please give me the order number?'),
    (.9, 'customer', 'Yes, one moment. It is four seven, one one, three eight.'),
    (.8, 'agent', 'Thank you. I can see the order here. The parcel left our warehouse on Monday.'),
    (.4, 'customer', 'That is strange. The last message I got says that it is on its way since Tuesday of last week.'),
    (.7, 'agent', 'Then it was probably lost in the mail. I can send you a new lamp today, or return your money.'),
    (.5, 'customer', 'A new lamp would be fine, as long as it arrives before the weekend.'),
    (.4, 'agent', 'We will send it by express, free of charge. You should have it on Thursday.'),
    (.5, 'customer', 'Great, thank you very much for your help.'),
    (.4, 'agent', 'You are very welcome. Have a pleasant day, and goodbye.'),
    (.3, 'customer', 'Thanks, you too. Goodbye.'),
]


def speak(voice, words):
    """-> samples at 16 kHz in [-1, 1]"""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, 'turn.wav')
        subprocess.run(['flite', '-voice', voice, '-t', words, '-o', path], check=True)
        with wave.open(path) as w:
            assert w.getframerate() == 16000 and w.getnchannels() == 1 and w.getsampwidth() == 2
            return np.frombuffer(w.readframes(w.getnframes()), '<i2') / 32768.


def to_telephone(x):
    """16 kHz -> 8 kHz, 300-3400 Hz: one windowed-sinc band-pass, which is also the anti-aliasing filter."""
    n = np.arange(-200, 201)
    band = (2 * 3400 / 16000 * np.sinc(2 * 3400 / 16000 * n) - 2 * 300 / 16000 * np.sinc(2 * 300 / 16000 * n))
    return np.convolve(x, band * np.hamming(len(n)), 'same')[::2]


def loudness(x):
    """Root mean square of the louder half of the 20 ms frames: pauses do not count."""
    e = np.sort((x[:len(x) // 160 * 160].reshape(-1, 160) ** 2).mean(1))
    return np.sqrt(e[len(e) // 2:].mean())


def speech_spans(x):
    """-> [(first, last + 1)] in samples: 10 ms frames above -32 dB of the turn's loudness, pauses shorter than
    PAUSE_SPLITS closed."""
    hop = RATE // 100
    rms = np.sqrt((x[:len(x) // hop * hop].reshape(-1, hop) ** 2).mean(1))
    spans = []
    for frame in np.flatnonzero(rms > loudness(x) * 10 ** (-32 / 20)):
        start = int(frame) * hop
        if spans and start - spans[-1][1] < PAUSE_SPLITS * RATE:
            spans[-1][1] = start + hop
        else:
            spans.append([start, start + hop])
    return [s for s in spans if s[1] - s[0] > 3 * hop]


def mu_law(x):
    """G.711 mu-law of int16 samples: sign, exponent and the four bits after the leading one, all inverted."""
    magnitude = np.minimum(np.abs(x.astype(np.int32)), 32635) + 132
    exponent = np.floor(np.log2(magnitude)).astype(np.int32) - 7
    mantissa = (magnitude >> (exponent + 3)) & 15
    return (~(np.where(x < 0, 128, 0) | exponent << 4 | mantissa) & 255).astype(np.uint8)


def write_wave(path, codes):
    """A mu-law WAV: format 7, with the size of the format's extension and the fact chunk its specification asks for."""
    codes = codes.tobytes() + b'\0' * (len(codes) % 2)
    fmt = struct.pack('<4sIHHIIHHH', b'fmt ', 18, 7, 1, RATE, RATE, 1, 8, 0)
    fact = struct.pack('<4sII', b'fact', 4, len(codes))
    body = b'WAVE' + fmt + fact + struct.pack('<4sI', b'data', len(codes)) + codes
    with open(path, 'wb') as f:
        f.write(struct.pack('<4sI', b'RIFF', len(body)) + body)


def main():
    line, spans, level = [], [], {'agent': -20., 'customer': -22.}     # dB of full scale: the line is never even
    at = 0
    for pause, speaker, words in CALL:
        x = to_telephone(speak(VOICES[speaker], words))
        x *= 10 ** (level[speaker] / 20) / loudness(x)
        found = speech_spans(x)
        first, last = found[0][0], found[-1][1]
        silence = int(pause * RATE)
        line += [np.zeros(silence), x[first:last]]
        at += silence
        spans += [(speaker, at + s - first, at + e - first) for s, e in found]
        at += last - first
    line.append(np.zeros(RATE // 2))
    x = np.concatenate(line)
    hiss = np.random.RandomState(1).standard_normal(len(x))            # RandomState: its stream is frozen for ever
    hiss = np.convolve(hiss, [.25, .5, .25], 'same')
    x = x + hiss / hiss.std() * 10 ** (-54 / 20)                       # about 33 dB below the voices
    write_wave(os.path.join(HERE, NAME + '.wav'), mu_law(np.round(np.clip(x, -1, 1) * 32767).astype(np.int16)))
    with open(os.path.join(HERE, NAME + '.rttm'), 'w') as f:
        for speaker, start, end in spans:
            f.write(f'SPEAKER {NAME} 1 {start / RATE:.3f} {(end - start) / RATE:.3f} <NA> <NA> {speaker} <NA> <NA>\n')
    print(f'{len(x) / RATE:.1f} s, {len(spans)} spans')


if __name__ == '__main__':
    main()
