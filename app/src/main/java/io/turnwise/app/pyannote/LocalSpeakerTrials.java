package io.turnwise.app.pyannote;

import io.turnwise.app.evaluate.Turn;
import io.turnwise.app.pyannote.LocalSpeakers.LocalSpeaker;
import io.turnwise.app.trials.TrialScores;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/**
 * Cosines of all pairs of a recording's local speakers whose windows share no sample and of whom a
 * reference says who they are. Immutable.
 */
final class LocalSpeakerTrials {
  /** Least pairs of either kind that a figure is given for. */
  static final int LEAST_PAIRS = 10;

  /**
   * Least share of what a local speaker says that must be one reference speaker's: the segmentation
   * of who else is at fault otherwise, not the embedding.
   */
  private static final double PURE = 0.8;

  private final List<Pair> pairs;

  private LocalSpeakerTrials(List<Pair> pairs) {
    this.pairs = List.copyOf(pairs);
  }

  /**
   * @param seconds the harmonic mean of the two durations of speech
   */
  private record Pair(boolean same, double seconds, double cosine) {}

  /** Durations of speech. */
  record Durations(double from, double to) {}

  /** The pairs of some durations: how long they are in the mean, and their cosines. */
  record Trials(double seconds, TrialScores scores) {}

  /**
   * @param reference who speaks when, on the recording's timeline
   */
  static LocalSpeakerTrials of(LocalSpeakers recording, List<Turn> reference) {
    List<LocalSpeaker> speakers = new ArrayList<>();
    List<String> names = new ArrayList<>();
    for (LocalSpeaker speaker : recording.speakers()) {
      String name = name(recording, speaker, reference);
      if (!name.isEmpty()) {
        speakers.add(speaker);
        names.add(name);
      }
    }
    double[][] units =
        speakers.stream().map(speaker -> unit(speaker.vector())).toArray(double[][]::new);
    double[] seconds = speakers.stream().mapToDouble(LocalSpeaker::seconds).toArray();
    List<Pair> pairs = new ArrayList<>();
    for (int i = 0; i < units.length; i++) {
      for (int j = 0; j < i; j++) {
        double apart =
            (speakers.get(i).window() - speakers.get(j).window()) * LocalSpeakers.HOP_SECONDS;
        if (apart >= LocalSpeakers.WINDOW_SECONDS) {
          pairs.add(
              new Pair(
                  names.get(i).equals(names.get(j)),
                  2 / (1 / seconds[i] + 1 / seconds[j]),
                  dot(units[i], units[j])));
        }
      }
    }
    return new LocalSpeakerTrials(pairs);
  }

  /** Empty where there are fewer than {@value #LEAST_PAIRS} pairs of either kind. */
  Optional<Trials> trials(Durations durations) {
    List<Pair> within =
        pairs.stream()
            .filter(pair -> pair.seconds >= durations.from && pair.seconds < durations.to)
            .toList();
    double[] same = within.stream().filter(Pair::same).mapToDouble(Pair::cosine).toArray();
    double[] different =
        within.stream().filter(pair -> !pair.same).mapToDouble(Pair::cosine).toArray();
    if (same.length < LEAST_PAIRS || different.length < LEAST_PAIRS) {
      return Optional.empty();
    }
    double seconds = within.stream().mapToDouble(Pair::seconds).average().orElseThrow();
    return Optional.of(new Trials(seconds, new TrialScores(same, different)));
  }

  /** Whose a local speaker's speech is; empty where it is not clearly one's. */
  private static String name(LocalSpeakers recording, LocalSpeaker speaker, List<Turn> reference) {
    List<String> names =
        new ArrayList<>(new TreeSet<>(reference.stream().map(Turn::speaker).toList()));
    int[] frames = new int[names.size()];
    int all = 0;
    for (int frame = 0; frame < speaker.alone().length; frame++) {
      if (speaker.alone()[frame]) {
        all++;
        double middle =
            (recording.millis(speaker.window(), frame)
                    + recording.millis(speaker.window(), frame + 1))
                / 2000.0;
        boolean[] heard = new boolean[frames.length];
        for (Turn turn : reference) {
          if (turn.start() <= middle && middle < turn.end()) {
            heard[names.indexOf(turn.speaker())] = true;
          }
        }
        for (int name = 0; name < frames.length; name++) {
          frames[name] += heard[name] ? 1 : 0;
        }
      }
    }
    int most = Arrays.stream(frames).max().orElse(0);
    for (int name = 0; name < frames.length; name++) {
      if (frames[name] == most && most >= PURE * all) {
        return names.get(name);
      }
    }
    return "";
  }

  private static double[] unit(float[] vector) {
    double square = 0;
    for (float value : vector) {
      square += (double) value * value;
    }
    double[] unit = new double[vector.length];
    for (int i = 0; i < unit.length; i++) {
      unit[i] = vector[i] / Math.sqrt(square);
    }
    return unit;
  }

  private static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }
}
