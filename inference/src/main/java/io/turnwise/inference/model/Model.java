package io.turnwise.inference.model;

import io.turnwise.inference.calibration.Calibration;

/**
 * A model file that was found, read and verified.
 *
 * @param name its name in the manifest, or the file's name without extension where it has no entry
 * @param fingerprint SHA-256 of the file, 64 lower-case hexadecimal digits
 * @param kind what it takes
 * @param bins mel bins it takes; 0 for a waveform
 * @param dimension length of its embeddings
 * @param threshold cosine at which two 1.5 s segments of unknown channel are as likely of one voice
 *     as of two
 * @param bytes the verified file
 * @param shortInput what is done with stretches shorter than it wants; only for a waveform
 * @param calibration what its cosines mean; {@link Calibration#none()} where nobody measured it
 */
public record Model(
    String name,
    String fingerprint,
    InputKind kind,
    int bins,
    int dimension,
    float threshold,
    byte[] bytes,
    ShortInput shortInput,
    Calibration calibration) {

  /** A model that takes stretches as they are and that nobody has calibrated. */
  public Model(
      String name,
      String fingerprint,
      InputKind kind,
      int bins,
      int dimension,
      float threshold,
      byte[] bytes) {
    this(
        name,
        fingerprint,
        kind,
        bins,
        dimension,
        threshold,
        bytes,
        ShortInput.AS_IT_IS,
        Calibration.none());
  }

  /** What is needed to compare its embeddings. */
  public VoiceSpace space() {
    return new VoiceSpace(fingerprint, dimension, threshold, calibration);
  }
}
