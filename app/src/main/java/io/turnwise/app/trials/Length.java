package io.turnwise.app.trials;

import io.turnwise.inference.audio.Resampler;
import java.util.List;
import java.util.Locale;

/**
 * How long the stretches of a trial are.
 *
 * @param seconds above 0; infinite for whole utterances
 */
public record Length(double seconds) {
  public static final Length WHOLE = new Length(Double.POSITIVE_INFINITY);

  /** The lengths that are reported. */
  public static final List<Length> REPORTED =
      List.of(new Length(1), new Length(1.5), new Length(2), new Length(3), new Length(5), WHOLE);

  public Length {
    if (!(seconds > 0)) {
      throw new IllegalArgumentException("seconds: " + seconds + " is not above 0");
    }
  }

  /** At 16 kHz; the largest integer for whole utterances. */
  int samples() {
    return (int) Math.min(Integer.MAX_VALUE, Math.round(seconds * Resampler.OUTPUT_RATE));
  }

  /** Seconds without needless digits, or {@code whole}. */
  public String name() {
    if (equals(WHOLE)) {
      return "whole";
    }
    return seconds == Math.rint(seconds)
        ? String.format(Locale.ROOT, "%.0f", seconds)
        : Double.toString(seconds);
  }
}
