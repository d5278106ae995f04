package io.turnwise.inference.model;

import com.fasterxml.jackson.annotation.JsonCreator;
import java.util.Arrays;

/**
 * What is done with a stretch of audio that is shorter than a waveform model wants: it is made
 * longer at its end. A stretch that is long enough is handed on as it is, whole.
 *
 * @param samples least samples, at 16 kHz, that the model is given; 0: a stretch is never padded
 * @param padding what is put behind a shorter one
 */
public record ShortInput(int samples, Padding padding) {
  /** Stretches go to the model as they are. */
  public static final ShortInput AS_IT_IS = new ShortInput(0, Padding.ZEROS);

  private static final int LONGEST = 60 * 16_000;

  /** What makes a stretch longer. */
  public enum Padding {
    /** Silence. */
    ZEROS("zeros"),
    /** The stretch again, from its beginning, as often as it takes. */
    REPEAT("repeat");

    private final String word;

    Padding(String word) {
      this.word = word;
    }

    /** The padding of that name in a manifest. */
    @JsonCreator
    public static Padding of(String word) {
      for (Padding padding : values()) {
        if (padding.word.equals(word)) {
          return padding;
        }
      }
      throw new IllegalArgumentException("padding: " + word + " is none of zeros, repeat");
    }

    @Override
    public String toString() {
      return word;
    }
  }

  public ShortInput {
    if (samples < 0 || samples > LONGEST) {
      throw new IllegalArgumentException(
          "samples: " + samples + " is not between 0 and " + LONGEST);
    }
    if (padding == null) {
      throw new IllegalArgumentException("padding: is missing");
    }
  }

  /** Samples that the model is given for a stretch of so many. */
  int lengthFor(int stretch) {
    return Math.max(stretch, samples);
  }

  /** The stretch itself where it is long enough. */
  float[] lengthen(float[] stretch) {
    if (stretch.length >= samples || stretch.length == 0) {
      return stretch;
    }
    float[] longer = Arrays.copyOf(stretch, samples);
    if (padding == Padding.REPEAT) {
      for (int at = stretch.length; at < samples; at += stretch.length) {
        System.arraycopy(stretch, 0, longer, at, Math.min(stretch.length, samples - at));
      }
    }
    return longer;
  }
}
