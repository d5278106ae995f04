package io.turnwise.inference.audio;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * A WAV file's format and coded audio, read whole.
 *
 * @param encoding how {@code data} is coded
 * @param sampleRate samples a second of each channel, 8,000 to 48,000
 * @param channels number of interleaved channels, 1 to 8
 * @param data interleaved samples, a whole number of frames; not copied: owned by the record
 */
public record WavFile(Encoding encoding, int sampleRate, int channels, byte[] data) {
  public static final int MIN_RATE = 8_000;
  public static final int MAX_RATE = 48_000;
  public static final int MAX_CHANNELS = 8;

  private static final int MOST_BYTES = Integer.MAX_VALUE - 16;

  public WavFile {
    if (sampleRate < MIN_RATE || sampleRate > MAX_RATE) {
      throw new IllegalArgumentException("sampleRate: " + sampleRate + " is not 8000 to 48000");
    }
    if (channels < 1 || channels > MAX_CHANNELS) {
      throw new IllegalArgumentException("channels: " + channels + " is not 1 to 8");
    }
    if (data.length % (encoding.bytesPerSample() * channels) != 0) {
      throw new IllegalArgumentException(
          "data: " + data.length + " bytes are not a whole number of frames");
    }
  }

  /**
   * Reads a RIFF/WAVE file: PCM of 8, 16, 24 or 32 bits, 32-bit float, mu-law or A-law, 8 to 48
   * kHz, 1 to 8 channels, WAVE_FORMAT_EXTENSIBLE too. Linear PCM of other widths is turned into
   * 16-bit, rounded to the nearest step. A header written before the length was known (data size 0
   * in an unfinished RIFF, or 0x7FFFF000 and above) reads to the end of the file.
   *
   * @throws UnusableAudio if it is missing, empty, truncated or something else; one sentence that
   *     names the file, what is wrong and what to do
   */
  public static WavFile read(Path file) {
    if (!Files.exists(file)) {
      throw new UnusableAudio(
          "Cannot use "
              + file
              + ": there is no such file (looked for "
              + file.toAbsolutePath().normalize()
              + "); check the path.");
    }
    if (Files.isDirectory(file)) {
      throw new UnusableAudio("Cannot use " + file + ": it is a folder; name a WAV file in it.");
    }
    byte[] bytes;
    try {
      bytes = Files.isRegularFile(file) ? bytesOf(file) : bytesOfStream(file);
    } catch (OutOfMemoryError e) {
      // One large array that was not to be had: nothing else has gone with it.
      throw new UnusableAudio(
          "Cannot use "
              + file
              + ": it does not end within the "
              + (Runtime.getRuntime().maxMemory() >> 20)
              + " MiB of memory that there are; split it into shorter files, or give Java more with"
              + " -Xmx.",
          e);
    } catch (AccessDeniedException e) {
      throw new UnusableAudio(
          "Cannot use " + file + ": this user may not read it; change its permissions.", e);
    } catch (IOException e) {
      throw new UnusableAudio(
          "Cannot use "
              + file
              + ": it could not be read ("
              + e
              + "); check the disk and try again.",
          e);
    }
    return new WavParser(file.toString(), bytes).parse();
  }

  private static byte[] bytesOf(Path file) throws IOException {
    if (Files.size(file) > MOST_BYTES) {
      throw tooLarge(file);
    }
    return Files.readAllBytes(file);
  }

  /** A pipe or a device may never end: what begins otherwise than a WAV file is not read on. */
  private static byte[] bytesOfStream(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      byte[] head = in.readNBytes(WavParser.HEADER_BYTES);
      if (!WavParser.isWav(head)) {
        return head;
      }
      byte[] rest = in.readNBytes(MOST_BYTES - head.length);
      if (in.read() >= 0) {
        throw tooLarge(file);
      }
      byte[] bytes = Arrays.copyOf(head, head.length + rest.length);
      System.arraycopy(rest, 0, bytes, head.length, rest.length);
      return bytes;
    }
  }

  private static UnusableAudio tooLarge(Path file) {
    return new UnusableAudio(
        "Cannot use " + file + ": it is larger than 2 GiB; split it into shorter files.");
  }

  /** Number of samples a channel. */
  public int frames() {
    return data.length / (encoding.bytesPerSample() * channels);
  }

  /**
   * One channel's coded bytes, de-interleaved: a copy.
   *
   * @param channel 0 to {@code channels - 1}
   */
  public byte[] channel(int channel) {
    if (channel < 0 || channel >= channels) {
      throw new IllegalArgumentException(
          "channel: " + channel + " is not 0 to " + (channels - 1) + ", the file's channels");
    }
    if (channels == 1) {
      return data.clone();
    }
    int width = encoding.bytesPerSample();
    byte[] one = new byte[frames() * width];
    for (int to = 0, from = channel * width; to < one.length; from += channels * width) {
      for (int b = 0; b < width; b++) {
        one[to++] = data[from + b];
      }
    }
    return one;
  }
}
