package io.turnwise.app.pyannote;

import io.turnwise.app.CommandFailed;
import io.turnwise.conversion.weights.UnusableWeights;
import io.turnwise.conversion.weights.WeightsFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What pyannote.audio's diarization pipeline knows of a recording before it clusters: windows of 10
 * s, one every second; in each at most a few <em>local speakers</em>, when they are active, and an
 * embedding of each.
 *
 * <p>Its embedding of a local speaker is that of the whole window, the statistics pooled over the
 * frames where this speaker alone is active; where these are too few, over all frames where the
 * speaker is active. What an embedding rests on is therefore {@link LocalSpeaker#seconds()}, up to
 * 10 s, and not the window. Immutable.
 */
public final class LocalSpeakers {
  /** Length of a window. */
  static final double WINDOW_SECONDS = 10;

  /** From one window to the next. */
  static final double HOP_SECONDS = 1;

  private final int windows;
  private final int frames;
  private final List<LocalSpeaker> speakers;

  /** How many speak, by window and frame. */
  private final byte[][] active;

  private LocalSpeakers(int windows, int frames, List<LocalSpeaker> speakers, byte[][] active) {
    this.windows = windows;
    this.frames = frames;
    this.speakers = List.copyOf(speakers);
    this.active = active;
  }

  /**
   * One local speaker of one window who is active alone for a frame at least.
   *
   * @param window number of the window, which begins at that many seconds
   * @param number number of the local speaker within the window
   * @param vector the raw embedding; not copied
   * @param alone for each frame of the window whether this speaker alone is active; not copied
   */
  record LocalSpeaker(int window, int number, float[] vector, boolean[] alone) {
    /** Seconds for which this speaker alone is active. */
    double seconds() {
      int frames = 0;
      for (boolean frame : alone) {
        frames += frame ? 1 : 0;
      }
      return frames * WINDOW_SECONDS / alone.length;
    }
  }

  /**
   * Reads {@code raw_embeddings.npz} ({@code embeddings} [windows, speakers, dimension]) and {@code
   * segmentations.npz} ({@code segmentations} [windows, frames, speakers], above 0.5 where active).
   *
   * @throws CommandFailed if one cannot be read, or they do not belong together; says which and why
   */
  public static LocalSpeakers read(Path folder) {
    Array embeddings = array(folder.resolve("raw_embeddings.npz"), "embeddings");
    Array segmentations = array(folder.resolve("segmentations.npz"), "segmentations");
    int windows = embeddings.shape.get(0);
    int locals = embeddings.shape.get(1);
    int dimension = embeddings.shape.get(2);
    int frames = segmentations.shape.get(1);
    if (!segmentations.shape.equals(List.of(windows, frames, locals)) || frames == 0) {
      throw new CommandFailed(
          folder
              + ": embeddings of shape "
              + embeddings.shape
              + " and segmentations of shape "
              + segmentations.shape
              + " are not of the same windows and local speakers; take both from one run.");
    }
    byte[][] active = new byte[windows][frames];
    List<LocalSpeaker> speakers = new ArrayList<>();
    for (int window = 0; window < windows; window++) {
      for (int frame = 0; frame < frames; frame++) {
        for (int local = 0; local < locals; local++) {
          active[window][frame] += segmentations.at(window, frame, local) > 0.5 ? 1 : 0;
        }
      }
      for (int local = 0; local < locals; local++) {
        boolean[] alone = new boolean[frames];
        boolean heard = false;
        for (int frame = 0; frame < frames; frame++) {
          alone[frame] = active[window][frame] == 1 && segmentations.at(window, frame, local) > 0.5;
          heard |= alone[frame];
        }
        int from = (window * locals + local) * dimension;
        float[] vector = Arrays.copyOfRange(embeddings.values, from, from + dimension);
        // pyannote 4 gives NaN, earlier releases a constant, where nobody is active.
        if (heard && !Float.isNaN(vector[0])) {
          speakers.add(new LocalSpeaker(window, local, vector, alone));
        }
      }
    }
    return new LocalSpeakers(windows, frames, speakers, active);
  }

  private record Array(List<Integer> shape, float[] values) {
    float at(int i, int j, int k) {
      return values[(i * shape.get(1) + j) * shape.get(2) + k];
    }
  }

  private static Array array(Path file, String name) {
    try (WeightsFile arrays = WeightsFile.open(file)) {
      if (!arrays.names().contains(name) || arrays.shape(name).size() != 3) {
        throw new CommandFailed(
            file + " has no array " + name + " of three dimensions; save pyannote's output again.");
      }
      return new Array(arrays.shape(name), arrays.values(name));
    } catch (UnusableWeights e) {
      throw new CommandFailed(e.getMessage(), e);
    }
  }

  /** All local speakers, by window and number. */
  List<LocalSpeaker> speakers() {
    return speakers;
  }

  int windows() {
    return windows;
  }

  int frames() {
    return frames;
  }

  /** Number of local speakers active in a window's frame. */
  int active(int window, int frame) {
    return active[window][frame];
  }

  /** Media time at which a window's frame begins, in milliseconds. */
  long millis(int window, int frame) {
    return Math.round(1000 * (window * HOP_SECONDS + frame * WINDOW_SECONDS / frames));
  }
}
