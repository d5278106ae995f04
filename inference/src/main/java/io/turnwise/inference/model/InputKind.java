package io.turnwise.inference.model;

/** What a model takes. */
public enum InputKind {
  /** {@code feats} float32 [B, T, bins]: WeSpeaker's contract. */
  FEATURES,
  /** {@code fbank} float32 [B, T, bins] and {@code weights} float32 [B, W]: pyannote's contract. */
  FEATURES_AND_WEIGHTS,
  /** {@code waveform} float32 [B, N], 16 kHz samples in [-1, 1). */
  WAVEFORM
}
