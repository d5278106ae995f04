"""Degradations: rooms, noise, babble, gain, the telephone, clipping. All on whole batches, about 1 % of a step's time."""
import math

import torch

TELEPHONE = .5   # half of what the network sees has been through a telephone: calls are what it is for


def degrade(wave, context):
    """wave [B, context + N] in [-1, 1] -> degraded [B, N]"""
    clean = wave[:, context:]
    size, samples, device = clean.shape[0], clean.shape[1], wave.device
    rand = lambda *shape: torch.rand(*shape, device=device)
    picked = lambda p: torch.nonzero(rand(size) < p).flatten()
    out = clean.clone()

    rows = picked(.4)
    if len(rows):
        out[rows] = _reverberate(wave[rows], context, rand)

    def mix(rows, noise, low_db, high_db):
        snr = low_db + (high_db - low_db) * rand(len(rows), 1)
        out[rows] = out[rows] + noise * (_norm(out[rows]) / _norm(noise)) * 10 ** (-snr / 20)

    u = rand(size)
    rows = torch.nonzero(u < .42).flatten()
    if len(rows):
        mix(rows, _coloured_noise(len(rows), samples, rand, device), 3., 25.)
    rows = torch.nonzero((u >= .42) & (u < .72)).flatten()
    if len(rows) and size > 8:
        others = (torch.randperm(size - 1)[:int(torch.randint(3, 7, (1,)))] + 1).tolist()
        babble = sum(torch.roll(clean, (o, int(torch.randint(0, samples, (1,)))), (0, 1)) / _norm(torch.roll(clean, o, 0))
                     for o in others)
        mix(rows, babble[rows], 5., 22.)

    out = out / _peak(out) * 10 ** (-(1 + 24 * rand(size, 1)) / 20)
    rows = picked(TELEPHONE)
    if len(rows):
        out[rows] = _telephone(out[rows], rand, device)
    rows = picked(.05)
    if len(rows):
        out[rows] = (out[rows] / _peak(out[rows]) * 3).clamp(-1, 1)
    return torch.round(out * 32768).clamp(-32768, 32767) / 32768


def _norm(x):
    return x.norm(dim=1, keepdim=True) + 1e-6


def _peak(x):
    return x.abs().amax(1, keepdim=True) + 1e-6


def _reverberate(wave, context, rand):
    """Exponentially decaying noise as the room: random decay time and direct-to-reverberant ratio."""
    rows, length = wave.shape[0], 6000
    t = torch.arange(length, device=wave.device) / 16000.
    room = torch.randn(rows, length, device=wave.device) * torch.exp(-6.9 * t / (.12 + .6 * rand(rows, 1)))
    room[:, :16] = 0
    room = room / _norm(room) * 10 ** (-(-2 + 17 * rand(rows, 1)) / 20)
    room[:, 0] = 1.
    n = 36000   # past the longest crop with its context and the room's tail: no wrap-around inside the crop
    wet = torch.fft.irfft(torch.fft.rfft(wave, n) * torch.fft.rfft(room, n), n)[:, context:wave.shape[1]]
    return wet * (_norm(wave[:, context:]) / _norm(wet))


def _coloured_noise(rows, samples, rand, device):
    """Slope from white to brown, at times with a hum or whistle band."""
    spectrum = torch.fft.rfft(torch.randn(rows, samples, device=device))
    f = torch.arange(spectrum.shape[1], device=device).clamp(min=20) / spectrum.shape[1]
    band = 6 * (rand(rows, 1) < .3) * torch.exp(-((f - rand(rows, 1)) / .05) ** 2)
    return torch.fft.irfft(spectrum * f ** (-1.1 * rand(rows, 1)) * (1 + band), samples)


def _telephone(x, rand, device):
    """To 8 kHz, random band limits, 8-bit mu-law for three in four, back to 16 kHz; all in the spectrum."""
    rows, samples = x.shape
    half = samples // 4 + 1
    f = torch.arange(half, device=device) * (16000. / samples)
    low, high = 120 + 230 * rand(rows, 1), 3200 + 700 * rand(rows, 1)
    narrow = torch.fft.rfft(x)[:, :half] * .5 * torch.sigmoid((f - low) / 25) * torch.sigmoid((high - f) / 40)
    z = torch.fft.irfft(narrow, samples // 2)
    c = torch.sign(z) * torch.log1p(255. * z.abs().clamp(max=1)) / math.log1p(255.)
    c = (torch.round(c * 127.5 - .5) + .5) / 127.5
    coded = torch.sign(c) * (256. ** c.abs() - 1) / 255.
    narrow = torch.fft.rfft(torch.where(rand(rows, 1) < .75, coded, z))
    wide = torch.zeros(rows, samples // 2 + 1, dtype=narrow.dtype, device=device)
    wide[:, :narrow.shape[1]] = narrow * 2
    return torch.fft.irfft(wide, samples)


def mask(feats):
    """SpecAugment, gently: 30 % lose up to 160 ms, 30 % lose up to 10 bins."""
    size, frames, bins = feats.shape
    rand = lambda: torch.rand(size, 1, device=feats.device)
    t, b = torch.arange(frames, device=feats.device)[None], torch.arange(bins, device=feats.device)[None]
    t0, tw = rand() * frames, rand() * 16 * (rand() < .3)
    b0, bw = rand() * bins, rand() * 10 * (rand() < .3)
    feats = feats.masked_fill(((t >= t0) & (t < t0 + tw))[:, :, None], 0.)
    return feats.masked_fill(((b >= b0) & (b < b0 + bw))[:, None, :], 0.)
