package io.turnwise.inference.audio;

import java.nio.file.Path;

/** A WAV file's format and coded audio, read whole. */
public record WavFile(Encoding encoding, int sampleRate, int channels, byte[] data) {
  /**
   * Reads a RIFF/WAVE file: PCM of 8, 16, 24 or 32 bits, 32-bit float, mu-law or A-law, 8 to 48
   * kHz, 1 to 8 channels, WAVE_FORMAT_EXTENSIBLE too. Linear PCM of other widths is turned into
   * 16-bit.
   *
   * @throws UnusableAudio if it is missing, empty, truncated or something else; one sentence that
   *     names the file, what is wrong and what to do
   */
  public static WavFile read(Path file) {
    throw new IllegalStateException("stub");
  }

  /** Number of samples a channel. */
  public int frames() {
    return data.length / (encoding.bytesPerSample() * channels);
  }

  /** One channel's coded bytes, de-interleaved. */
  public byte[] channel(int channel) {
    throw new IllegalStateException("stub");
  }
}
