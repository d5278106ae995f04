"""The acoustic front end: Kaldi-compatible log-mel filter banks, as WeSpeaker's models were trained on.

80 mel bins, 25 ms windows every 10 ms, Hamming, 16 kHz, samples in the int16 range, no dither, whole frames only.
Per frame: subtract the mean, pre-emphasis 0.97 (first sample replicated), zero-pad to 512, power spectrum; mel triangles
from 20 Hz to 8000 Hz, linear in mel; natural logarithm with float32 epsilon as its floor. Per segment: subtract each
bin's mean over time. `fbank` (numpy) is the oracle; `TorchFbank` is the same for a batch and runs inside the training loop.
"""
import numpy as np
import torch

SAMPLE_RATE = 16000
FRAME, HOP, FFT, BINS = 400, 160, 512, 80
PRE_EMPHASIS = 0.97
LOG_FLOOR = np.float32(1.1920928955078125e-07)


def frames_of(samples):
    """Number of whole frames in that many samples."""
    return 0 if samples < FRAME else 1 + (samples - FRAME) // HOP


def _mel(hertz):
    return 1127.0 * np.log(1.0 + np.asarray(hertz, np.float64) / 700.0)


def mel_banks(low=20.0, high=8000.0):
    """-> [BINS, FFT / 2 + 1] float32; the Nyquist bin has weight 0, as in Kaldi."""
    step = (_mel(high) - _mel(low)) / (BINS + 1)
    left = _mel(low) + np.arange(BINS)[:, None] * step
    centre, right = left + step, left + 2 * step
    mel = _mel(SAMPLE_RATE / FFT * np.arange(FFT // 2))[None, :]
    banks = np.maximum(0.0, np.minimum((mel - left) / (centre - left), (right - mel) / (right - centre)))
    return np.pad(banks, ((0, 0), (0, 1))).astype(np.float32)


MEL_BANKS = mel_banks()
WINDOW = (0.54 - 0.46 * np.cos(2 * np.pi * np.arange(FRAME) / (FRAME - 1))).astype(np.float32)


def fbank(samples, subtract_mean=True):
    """samples: [N] in [-1, 1] at 16 kHz -> [T, 80] float32."""
    x = np.asarray(samples, np.float32) * np.float32(32768)
    count = frames_of(len(x))
    if count == 0:
        return np.zeros((0, BINS), np.float32)
    f = np.lib.stride_tricks.sliding_window_view(x, FRAME)[::HOP][:count].astype(np.float32)
    f = f - f.mean(1, keepdims=True, dtype=np.float32)
    f = f - np.float32(PRE_EMPHASIS) * np.concatenate([f[:, :1], f[:, :-1]], 1)
    power = np.abs(np.fft.rfft(f * WINDOW, FFT, axis=1)).astype(np.float32) ** 2
    e = np.log(np.maximum(power @ MEL_BANKS.T, LOG_FLOOR)).astype(np.float32)
    return e - e.mean(0, keepdims=True, dtype=np.float32) if subtract_mean else e


class TorchFbank:
    """[B, N] in [-1, 1] -> [B, T, 80], mean subtracted; agrees with `fbank` to float32 rounding."""

    def __init__(self, device='cpu'):
        self.banks = torch.tensor(MEL_BANKS).T.contiguous().to(device)
        self.window = torch.tensor(WINDOW).to(device)

    def __call__(self, samples):
        f = (samples * 32768.0).unfold(1, FRAME, HOP)
        f = f - f.mean(-1, keepdim=True)
        f = f - PRE_EMPHASIS * torch.cat([f[..., :1], f[..., :-1]], -1)
        power = torch.fft.rfft(f * self.window, FFT).abs().square()
        e = torch.log(torch.clamp(power @ self.banks, min=float(LOG_FLOOR)))
        return e - e.mean(1, keepdim=True)
