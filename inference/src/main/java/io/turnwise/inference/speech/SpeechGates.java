package io.turnwise.inference.speech;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/** Finds the speech gate that a setting names. */
public final class SpeechGates {
  /** Our own detector; needs no file. */
  public static final String ENERGY = "energy";

  private static final String SILERO = "silero:";

  private SpeechGates() {}

  /**
   * The gates that {@code setting} names: {@code energy}, or {@code silero:PATH} with the path of
   * Silero's network (16 kHz, ONNX). The caller owns and closes what it gets.
   *
   * @throws IllegalArgumentException if the setting is neither
   * @throws io.turnwise.inference.model.UnusableModel if the file is missing or another network
   */
  public static SpeechGate.Factory named(String setting) {
    if (setting.equals(ENERGY)) {
      return new BandEnergyGate.Factory();
    }
    if (setting.startsWith(SILERO) && setting.length() > SILERO.length()) {
      return SileroGate.load(path(setting));
    }
    throw new IllegalArgumentException(
        "speech gate '"
            + setting
            + "': must be 'energy' or 'silero:PATH' with the path of an ONNX file");
  }

  private static Path path(String setting) {
    try {
      return Path.of(setting.substring(SILERO.length()));
    } catch (InvalidPathException e) {
      throw new IllegalArgumentException(
          "speech gate '" + setting + "': what follows 'silero:' must be a path", e);
    }
  }
}
