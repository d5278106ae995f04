package io.turnwise.app.fuzz;

import io.turnwise.conversion.weights.UnusableWeights;
import io.turnwise.conversion.weights.WeightsFile;
import io.turnwise.inference.audio.UnusableAudio;
import io.turnwise.inference.audio.WavFile;
import io.turnwise.inference.calibration.CalibrationFile;
import io.turnwise.inference.model.ModelCatalog;
import io.turnwise.inference.model.SelfContained;
import io.turnwise.inference.model.UnusableModel;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A reader of files, with the one exception it may refuse a file with. */
final class FileTarget implements Target {
  /** Reads a file's bytes; says something rough of what it read. */
  private interface Reader {
    long read(byte[] bytes);
  }

  private final String name;
  private final List<byte[]> examples;
  private final Class<? extends RuntimeException> refusal;
  private final Reader reader;
  private final Path scratch;

  private FileTarget(
      String name,
      List<byte[]> examples,
      Class<? extends RuntimeException> refusal,
      Reader reader,
      Path scratch) {
    this.name = name;
    this.examples = examples;
    this.refusal = refusal;
    this.reader = reader;
    this.scratch = scratch;
  }

  private static FileTarget at(
      Path scratch,
      String name,
      List<byte[]> examples,
      Class<? extends RuntimeException> refusal,
      Reader reader) {
    return new FileTarget(
        name,
        examples,
        refusal,
        bytes -> {
          try {
            Files.write(scratch, bytes);
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
          return reader.read(bytes);
        },
        scratch);
  }

  /** WAV files, as {@code turnwise send} reads them. */
  static FileTarget wav(Path folder) {
    Path file = folder.resolve("case.wav");
    return at(
        file,
        "wav",
        Examples.wavFiles(),
        UnusableAudio.class,
        bytes -> {
          WavFile wav = WavFile.read(file);
          long size = 0;
          for (int channel = 0; channel < wav.channels(); channel++) {
            size += wav.channel(channel).length;
          }
          return wav.encoding().ordinal() + 8L * wav.channels() + 1024L * magnitude(size);
        });
  }

  /** Weights, as {@code turnwise models import} reads them. */
  static FileTarget weights(Path folder) {
    Path file = folder.resolve("case.weights");
    return at(
        file,
        "weights",
        Examples.weightFiles(),
        UnusableWeights.class,
        bytes -> {
          long shape = 0;
          try (WeightsFile weights = WeightsFile.open(file)) {
            for (String array : weights.names()) {
              shape = 31 * shape + weights.shape(array).size();
              shape = 31 * shape + magnitude(weights.values(array).length);
            }
          }
          return shape;
        });
  }

  /** The manifest of the models. */
  static FileTarget manifest(Path folder, byte[] example) {
    return at(
        folder.resolve("manifest.json"),
        "manifest",
        List.of(example),
        UnusableModel.class,
        bytes -> new ModelCatalog(List.of(folder)).known().size());
  }

  /** A model's calibration. */
  static FileTarget calibration(byte[] example) {
    return new FileTarget(
        "calibration",
        List.of(example),
        IllegalArgumentException.class,
        bytes -> CalibrationFile.read(bytes).speakers() > 2 ? 1 : 0,
        Path.of(""));
  }

  /** ONNX files, up to where the runtime would be given them. */
  static FileTarget onnx() {
    return new FileTarget(
        "onnx",
        Examples.onnxFiles(),
        IllegalArgumentException.class,
        bytes -> {
          SelfContained.require(bytes);
          return magnitude(bytes.length);
        },
        Path.of(""));
  }

  /** Number of binary digits. */
  private static int magnitude(long size) {
    return Long.SIZE - Long.numberOfLeadingZeros(size);
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public List<byte[]> examples() {
    return examples;
  }

  @Override
  public Outcome run(byte[] input) {
    try {
      return Outcome.taken(reader.read(input));
    } catch (RuntimeException e) {
      if (e.getClass() == refusal) {
        return Outcome.refused(e);
      }
      throw e;
    }
  }

  @Override
  public void close() {
    try {
      if (!scratch.toString().isEmpty()) {
        Files.deleteIfExists(scratch);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
