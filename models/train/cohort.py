"""What other enrolled voices add to an enrolled voice's likelihood ratio, on TRAINING speakers.

    python3 cohort.py speech OUT [--data ../../../shared]
    python3 cohort.py measure OUT --calibration ../turnwise-starter.calibration.json

`speech` writes the first 14 s of each of 251 readers, as OUT/NAME.wide-band.wav and, 300 to 3400 Hz, 8 kHz and mu-law, as
OUT/NAME.telephone.wav. In between the model has to hear each stretch of 1.5 s of each file:

    for f in OUT/*.wav; do for s in 0 1.5 3 4.5 6 7.5 9 10.5 12; do
      ../../turnwise embed $f --start $s --duration 1.5; done > ${f%.wav}.jsonl; done

`measure` enrols the mean of a reader's first four stretches and compares those after it, two or four of them. Drawn again and
again: who is enrolled; the others are strangers. It prints how many of the enrolled are recognised, and how many of the
strangers are taken for somebody, by the tracker's rule without and with the cohort, and standard deviations over the draws.
The constants are those of Cohort.java and TrackerSettings.java. Needs numpy, and soundfile for `speech`.
"""
import argparse
import glob
import json
import os

import numpy as np

NEAREST, LEAST_DEVIATION, NEUTRAL, WEIGHT, MOST, COSINE = 10, .02, 3.5, .75, 2, .05
RATIO, MARGIN, THRESHOLD, ABOVE = 3, .05, .56, .1
ENROLLED = 4
ROWS = [(e, t, n) for e, t in (('wide-band', 'wide-band'), ('telephone', 'telephone'), ('wide-band', 'telephone')) for n in (2, 4)]
FARS = .01, .03, .1


def speech(a):
    import soundfile
    os.makedirs(a.out, exist_ok=True)
    for d in sorted(glob.glob(os.path.join(a.data, 'speech', 'train', 'librispeech-251', '*', ''))):
        x = np.concatenate([soundfile.read(f)[0] for f in sorted(glob.glob(d + '*.opus'))])[:14 * 16000]
        name = os.path.join(a.out, os.path.basename(os.path.dirname(d)))
        soundfile.write(name + '.wide-band.wav', x, 16000, subtype='PCM_16')
        f = np.fft.rfftfreq(len(x), 1 / 16000)
        band = np.clip((f - 200) / 100, 0, 1) * np.clip((3600 - f) / 200, 0, 1)
        soundfile.write(name + '.telephone.wav', np.clip(np.fft.irfft(np.fft.rfft(x) * band, len(x))[::2], -1, 1), 8000, subtype='ULAW')


def unit(v):
    return v / np.linalg.norm(v, axis=-1, keepdims=True)


def voices(folder):
    """-> {line: {name: [stretches, dimensions]}}"""
    read = {'wide-band': {}, 'telephone': {}}
    for f in sorted(glob.glob(os.path.join(folder, '*.jsonl'))):
        name, line = os.path.basename(f)[:-len('.jsonl')].split('.')
        with open(f) as lines:
            read[line][name] = np.array([unit(np.array(json.loads(s)['embedding'])) for s in lines])
    return read


def ratio(calibration, cosine, seconds, line):
    points = sorted((p['seconds'], p['slope'], p['intercept']) for p in calibration['points'] if p['channel'] == line)
    at = [np.interp(np.log(seconds), np.log([p[0] for p in points]), [p[i] for p in points]) for i in (1, 2)]
    return at[0] * cosine + at[1]


def draw(random, read, tested, fillers, count, row, calibration):
    """-> cosine, ratio, margin, AS-norm score; whether right; whether enrolled: each of all who are tested"""
    enrolled_line, line, stretches = row
    order = random.permutation(tested)
    known = list(order[:min(count, len(tested) // 2)])
    known += list(random.permutation(fillers)[:count - len(known)])
    e = np.array([unit(read[enrolled_line][n][:ENROLLED].mean(0)) for n in known])
    h = np.array([unit(read[line][n][ENROLLED:ENROLLED + stretches].mean(0)) for n in order])
    s, own = h @ e.T, e @ e.T
    np.fill_diagonal(own, -9)
    nearest, falling = s.argmax(1), np.sort(s, 1)[:, ::-1]
    best, k = falling[:, 0], min(NEAREST, count - 1)
    ofs = falling[:, 1:1 + k], np.sort(own, 1)[nearest, ::-1][:, :k]
    score = sum((best - c.mean(1)) / np.maximum(c.std(1), LEAST_DEVIATION) for c in ofs) / 2
    enrolled = np.isin(order, known)
    right = np.array(known)[nearest] == order
    return np.stack([best, ratio(calibration, best, 1.5 * stretches, line), best - falling[:, 1], score, right, enrolled])


def at(values, right, enrolled, rate):
    """% of the enrolled recognised where that share of the strangers is taken for somebody"""
    limit = np.sort(values[~enrolled])[::-1][int(rate * (~enrolled).sum())]
    return 100 * (right & (values > limit)).sum() / enrolled.sum()


def measure(a):
    with open(a.calibration) as f:
        calibration = json.load(f)
    assert not calibration['mean'], 'embeddings of models that are centred are not centred here'
    read = voices(a.out)
    length = {n: min(len(v), len(read['telephone'][n])) for n, v in read['wide-band'].items()}
    tested = np.array(sorted(n for n in length if length[n] >= ENROLLED + 4))
    fillers = np.array(sorted(n for n in length if 2 <= length[n] < ENROLLED + 4))
    print(len(tested), 'tested,', len(fillers), 'that only fill the cohort')
    for count in a.enrolled:
        random = np.random.default_rng(a.seed)
        told = {row: [] for row in ROWS}
        for _ in range(a.draws):
            for row in ROWS:
                both = np.concatenate([draw(random, read, tested, fillers, count, row, calibration) for _ in range(2)], 1)
                cosine, llr, margin, score = both[:4]
                right, enrolled = both[4:] > 0
                evidence = np.clip(WEIGHT * (score - NEUTRAL), -MOST, MOST)
                clear = margin >= MARGIN
                rules = [clear & (llr >= RATIO), clear & (llr + evidence >= RATIO),
                         clear & (cosine >= THRESHOLD + ABOVE), clear & (cosine + COSINE * evidence >= THRESHOLD + ABOVE)]
                told[row].append([100 * x for r in rules for x in ((r & right).sum() / enrolled.sum(), (r & ~enrolled).sum() / (~enrolled).sum())]
                                 + [at(v, right, enrolled, f) for f in FARS for v in (llr, score, llr + evidence)])
        print(f'\n{count} enrolled, {a.draws} draws; recognised / strangers taken for somebody, in %')
        for i, what in ((0, 'by the ratio, without a cohort, and what the cohort adds'), (4, 'the same by the cosine: a model without a calibration')):
            print(what)
            x = np.array([told[row] for row in ROWS])[:, :, i:i + 4]
            d = x[..., 2:] - x[..., :2]
            for row, v, w in zip(ROWS, x, d):
                print(f'  {row[0]:9} {row[1]:9} {1.5 * row[2]:.0f} s  {v[:, 0].mean():5.1f} / {v[:, 1].mean():4.1f}'
                      f'   {w[:, 0].mean():+5.1f} +- {w[:, 0].std():.1f} / {w[:, 1].mean():+5.1f} +- {w[:, 1].std():.1f}')
            m = d.mean(0)
            print(f'  all                       {x[..., 0].mean():5.1f} / {x[..., 1].mean():4.1f}   {m[:, 0].mean():+5.1f} +- {m[:, 0].std():.1f}'
                  f' / {m[:, 1].mean():+5.1f} +- {m[:, 1].std():.1f}, fewer recognised in {(m[:, 0] < 0).sum()} draws')
        print('recognised where of the strangers', *(f'{100 * f:.0f} %' for f in FARS), 'are taken for somebody: ratio, AS-norm alone, both')
        for row in ROWS:
            v = np.array(told[row])[:, 8:]
            print(f'  {row[0]:9} {row[1]:9} {1.5 * row[2]:.0f} s ', *('%5.1f %5.1f %5.1f |' % tuple(v.mean(0)[i:i + 3]) for i in (0, 3, 6)))


def main():
    p = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    p.add_argument('what', choices=['speech', 'measure'])
    p.add_argument('out')
    p.add_argument('--data', default=os.path.join(os.path.dirname(os.path.abspath(__file__)), '../../../shared'))
    p.add_argument('--calibration')
    p.add_argument('--enrolled', type=int, nargs='+', default=[31, 41, 60, 90, 150])
    p.add_argument('--draws', type=int, default=20)
    p.add_argument('--seed', type=int, default=11)
    a = p.parse_args()
    speech(a) if a.what == 'speech' else measure(a)


if __name__ == '__main__':
    main()
