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
    int size = frames * channels * 2;
    ByteBuffer wav = ByteBuffer.allocate(44 + size).order(ByteOrder.LITTLE_ENDIAN);
    wav.put("RIFF".getBytes(StandardCharsets.US_ASCII)).putInt(36 + size);
    wav.put("WAVEfmt ".getBytes(StandardCharsets.US_ASCII)).putInt(16);
    wav.putShort((short) 1).putShort((short) channels).putInt(rate);
    wav.putInt(rate * channels * 2).putShort((short) (channels * 2)).putShort((short) 16);
    wav.put("data".getBytes(StandardCharsets.US_ASCII)).putInt(size);
    Random random = new Random(42);
    while (wav.hasRemaining()) {
      wav.putShort((short) (random.nextGaussian() * 1000));
    }
    return wav.array();
  }
}
