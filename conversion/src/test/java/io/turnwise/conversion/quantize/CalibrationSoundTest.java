package io.turnwise.conversion.quantize;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.turnwise.inference.audio.UnusableAudio;
import io.turnwise.inference.features.Fbank;
import io.turnwise.inference.features.Features;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CalibrationSoundTest {
  @TempDir private Path folder;

  @Test
  void shouldTakeTheLoudestWindowOfEachSixSeconds() throws IOException {
    // Given: 60 s, loud for 1.5 s from second 2 of each six, quiet else
    float[] samples = new float[60 * 16_000];
    Random random = new Random(1);
    for (int i = 0; i < samples.length; i++) {
      double second = i / 16_000.0 % 6;
      double level = second >= 2 && second < 3.5 ? 0.3 : 0.01;
      samples[i] = Math.round(level * (2 * random.nextDouble() - 1) * 32768) / 32768f;
    }
    write(folder.resolve("a.wav"), 16_000, samples);

    // When
    List<Features> windows = CalibrationSound.read(folder);

    // Then
    assertEquals(10, windows.size());
    Fbank fbank = new Fbank();
    for (int i = 0; i < 10; i++) {
      Features wanted =
          fbank.computeCentred(samples, (6 * i + 2) * 16_000, CalibrationSound.WINDOW);
      assertArrayEquals(wanted.values(), windows.get(i).values(), "window " + i);
    }
  }

  @Test
  void shouldTakeFoldersInFoldersAndOtherRates() throws IOException {
    // Given
    Files.createDirectories(folder.resolve("a/b"));
    write(folder.resolve("a/b/telephone.wav"), 8_000, noise(8_000 * 30, 0.1));
    write(folder.resolve("a/wide.WAV"), 44_100, noise(44_100 * 30, 0.1));

    // When
    List<Features> windows = CalibrationSound.read(folder);

    // Then
    assertEquals(10, windows.size());
    assertTrue(windows.stream().allMatch(window -> window.frames() == 148));
  }

  @Test
  void shouldSpreadWhatItTakesOverLongRecordings() throws IOException {
    // Given: more than the most
    write(folder.resolve("long.wav"), 16_000, noise(16_000 * 2_500, 0.1));

    // When
    List<Features> windows = CalibrationSound.read(folder);

    // Then
    assertEquals(CalibrationSound.MOST_WINDOWS, windows.size());
  }

  @Test
  void shouldSayThatThereIsNoSound() {
    // Given: an empty folder

    // When
    UnusableAudio refused = assertThrows(UnusableAudio.class, () -> CalibrationSound.read(folder));

    // Then
    assertEquals(
        "There is no WAV file below "
            + folder.toAbsolutePath().normalize()
            + "; put recordings of speech there.",
        refused.getMessage());
  }

  @Test
  void shouldSayThatThereIsNoFolder() {
    // Given
    Path nowhere = folder.resolve("nowhere");

    // When
    UnusableAudio refused = assertThrows(UnusableAudio.class, () -> CalibrationSound.read(nowhere));

    // Then
    assertTrue(refused.getMessage().startsWith("There is no folder "), refused.getMessage());
  }

  @Test
  void shouldNotCountSilence() throws IOException {
    // Given
    write(folder.resolve("silence.wav"), 16_000, new float[16_000 * 90]);
    write(folder.resolve("speech.wav"), 16_000, noise(16_000 * 12, 0.1));

    // When
    UnusableAudio refused = assertThrows(UnusableAudio.class, () -> CalibrationSound.read(folder));

    // Then
    assertTrue(
        refused.getMessage().contains("The 2 WAV files") && refused.getMessage().contains("only 2"),
        refused.getMessage());
  }

  private static float[] noise(int length, double level) {
    Random random = new Random(2);
    float[] samples = new float[length];
    for (int i = 0; i < length; i++) {
      samples[i] = (float) (level * (2 * random.nextDouble() - 1));
    }
    return samples;
  }

  private static void write(Path file, int rate, float[] samples) throws IOException {
    ByteBuffer wav = ByteBuffer.allocate(44 + 2 * samples.length).order(ByteOrder.LITTLE_ENDIAN);
    wav.put("RIFF".getBytes(StandardCharsets.US_ASCII)).putInt(36 + 2 * samples.length);
    wav.put("WAVEfmt ".getBytes(StandardCharsets.US_ASCII)).putInt(16);
    wav.putShort((short) 1).putShort((short) 1).putInt(rate).putInt(2 * rate);
    wav.putShort((short) 2).putShort((short) 16);
    wav.put("data".getBytes(StandardCharsets.US_ASCII)).putInt(2 * samples.length);
    for (float sample : samples) {
      wav.putShort((short) Math.round(sample * 32768));
    }
    Files.write(file, wav.array());
  }
}
