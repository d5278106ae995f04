package io.turnwise.conversion.quantize;

import io.turnwise.inference.audio.Resampler;
import io.turnwise.inference.audio.UnusableAudio;
import io.turnwise.inference.audio.WavFile;
import io.turnwise.inference.features.Fbank;
import io.turnwise.inference.features.Features;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** Speech to calibrate with: windows of 1.5 s out of the WAV files below a folder. */
public final class CalibrationSound {
  /** Samples of a window at 16 kHz: 1.5 s, the segment that models are asked for most. */
  public static final int WINDOW = 24_000;

  /** The most windows that are taken, spread evenly over the files. */
  public static final int MOST_WINDOWS = 400;

  /** One window is taken of each stretch of 6 s: the loudest on a grid of 0.25 s. */
  private static final int STRETCH = 4 * WINDOW;

  private static final int GRID = 4_000;

  /** Root mean square below which nobody is heard: 60 dB under full scale. */
  private static final double SILENCE = 1e-3;

  private CalibrationSound() {}

  /**
   * The windows, as models take them: log-mel features, each bin's mean subtracted. The order is
   * that of the files' paths, so that the same folder gives the same windows.
   *
   * @throws UnusableAudio if there is no folder, no WAV file, a file cannot be used, or there are
   *     fewer than {@value Quantizer#LEAST_WINDOWS} windows; says what to do
   */
  public static List<Features> read(Path folder) {
    Fbank fbank = new Fbank();
    List<Features> windows = new ArrayList<>();
    List<Path> files = files(folder);
    for (Path file : files) {
      WavFile audio = WavFile.read(file);
      for (int channel = 0; channel < audio.channels(); channel++) {
        float[] samples = samples(audio, channel);
        for (int from = 0; from + WINDOW <= samples.length; from += STRETCH) {
          int start = loudest(samples, from, Math.min(from + STRETCH, samples.length));
          if (energy(samples, start) > SILENCE * SILENCE * WINDOW) {
            windows.add(fbank.computeCentred(samples, start, WINDOW));
          }
        }
      }
    }
    if (windows.size() < Quantizer.LEAST_WINDOWS) {
      throw new UnusableAudio(
          String.format(
              Locale.ROOT,
              "The %d WAV files below %s hold only %d windows of 1.5 s in which something is heard,"
                  + " and calibration needs %d; add recordings of speech, best of many voices.",
              files.size(),
              folder,
              windows.size(),
              Quantizer.LEAST_WINDOWS));
    }
    return spread(windows);
  }

  private static List<Path> files(Path folder) {
    if (!Files.isDirectory(folder)) {
      throw new UnusableAudio(
          "There is no folder "
              + folder.toAbsolutePath().normalize()
              + "; name one with WAV files of speech.");
    }
    List<Path> files;
    try (Stream<Path> below = Files.walk(folder)) {
      files =
          below
              .filter(Files::isRegularFile)
              .filter(
                  file -> file.getFileName().toString().toLowerCase(Locale.ROOT).endsWith(".wav"))
              .sorted()
              .toList();
    } catch (IOException e) {
      throw new UnusableAudio("Cannot list " + folder + " (" + e + "); check its permissions.", e);
    }
    if (files.isEmpty()) {
      throw new UnusableAudio(
          "There is no WAV file below "
              + folder.toAbsolutePath().normalize()
              + "; put recordings of speech there.");
    }
    return files;
  }

  private static float[] samples(WavFile audio, int channel) {
    float[] input = new float[audio.frames()];
    audio.encoding().decode(audio.channel(channel), 0, input.length, input, 0);
    Resampler resampler = Resampler.start(audio.sampleRate());
    float[] body = resampler.push(input, 0, input.length);
    float[] rest = resampler.flush();
    float[] all = Arrays.copyOf(body, body.length + rest.length);
    System.arraycopy(rest, 0, all, body.length, rest.length);
    return all;
  }

  private static int loudest(float[] samples, int from, int to) {
    int best = from;
    for (int start = from + GRID; start + WINDOW <= to; start += GRID) {
      if (energy(samples, start) > energy(samples, best)) {
        best = start;
      }
    }
    return best;
  }

  private static double energy(float[] samples, int start) {
    double energy = 0;
    for (int i = start; i < start + WINDOW; i++) {
      energy += (double) samples[i] * samples[i];
    }
    return energy;
  }

  private static List<Features> spread(List<Features> windows) {
    int kept = Math.min(windows.size(), MOST_WINDOWS);
    List<Features> spread = new ArrayList<>(kept);
    for (int i = 0; i < kept; i++) {
      spread.add(windows.get((int) ((long) i * windows.size() / kept)));
    }
    return spread;
  }
}
