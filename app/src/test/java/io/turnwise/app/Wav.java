package io.turnwise.app;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;

/** Writes small WAV files of noise. */
public final class Wav {
  private Wav() {}

  /** Linear 16-bit noise, the same each time. */
  public static Path write(Path file, int rate, int channels, int frames) throws IOException {
    return Files.write(file, bytes(rate, channels, frames));
  }

  static byte[] bytes(int rate, int channels, int frames) {
    ByteBuffer wav = header(rate, channels, frames);
    Random random = new Random(42);
    while (wav.hasRemaining()) {
      wav.putShort((short) (random.nextGaussian() * 1000));
    }
    return wav.array();
  }

  /**
   * A voice for a machine: a tone that comes and goes five times a second, over noise.
   *
   * @param seed of the noise
   */
  public static Path writeVoice(Path file, double hertz, long seed, int rate, int frames)
      throws IOException {
    ByteBuffer wav = header(rate, 1, frames);
    Random random = new Random(seed);
    for (int i = 0; i < frames; i++) {
      double tone = i * 5L / rate % 2 == 0 ? Math.sin(2 * Math.PI * hertz * i / rate) : 0;
      wav.putShort((short) (5_000 * tone + 300 * random.nextGaussian()));
    }
    return Files.write(file, wav.array());
  }

  private static ByteBuffer header(int rate, int channels, int frames) {
    int size = frames * channels * 2;
    ByteBuffer wav = ByteBuffer.allocate(44 + size).order(ByteOrder.LITTLE_ENDIAN);
    wav.put("RIFF".getBytes(StandardCharsets.US_ASCII)).putInt(36 + size);
    wav.put("WAVEfmt ".getBytes(StandardCharsets.US_ASCII)).putInt(16);
    wav.putShort((short) 1).putShort((short) channels).putInt(rate);
    wav.putInt(rate * channels * 2).putShort((short) (channels * 2)).putShort((short) 16);
    wav.put("data".getBytes(StandardCharsets.US_ASCII)).putInt(size);
    return wav;
  }
}
