package io.turnwise.app.play;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * How fast audio is played.
 *
 * @param factor seconds of audio a second; 1 is real time, infinity is as fast as possible
 */
public record Speed(double factor) {
  public Speed {
    if (!(factor > 0)) {
      throw new IllegalArgumentException("factor: " + factor + " is not greater than 0");
    }
  }

  /** Whether the audio's own time does not matter. */
  public boolean unlimited() {
    return Double.isInfinite(factor);
  }

  /** Wall-clock nanoseconds from the start of the play to a moment of the audio. */
  public long nanosUntil(double mediaSeconds) {
    return unlimited() ? 0 : (long) (mediaSeconds / factor * 1e9);
  }

  /** Reads {@code max} or a number greater than 0. */
  public static final class Converter implements ITypeConverter<Speed> {
    @Override
    public Speed convert(String text) {
      if (text.equals("max")) {
        return new Speed(Double.POSITIVE_INFINITY);
      }
      try {
        double factor = Double.parseDouble(text);
        if (factor > 0 && factor <= 1e6) {
          return new Speed(factor);
        }
      } catch (NumberFormatException e) {
        // Told below, together with numbers out of range.
      }
      throw new TypeConversionException(
          "'" + text + "' is not a speed; give a number greater than 0, such as 1 or 2.5, or max");
    }
  }
}
