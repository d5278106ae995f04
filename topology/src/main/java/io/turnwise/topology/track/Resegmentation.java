package io.turnwise.topology.track;

import java.util.Arrays;

/** Says anew who spoke in each piece, along the likeliest path on each channel. */
final class Resegmentation {
  private static final double IMPOSSIBLE = -1e9;

  /** Least evidence that decides where there is no other. */
  private static final double HOLD = 1e-3;

  private Resegmentation() {}

  /**
   * @param affinity of the pieces, channel by channel
   * @param backgrounds what else is known of each of the call's voices
   * @param labels who is taken to speak in each piece
   * @param rounds how often at most, if that and the voices do not agree before
   */
  static int[] of(
      Call call, Affinity affinity, Background[] backgrounds, int[] labels, int rounds) {
    int[] current = labels;
    for (int round = 0; round < rounds; round++) {
      double[] weights = affinity.weights(current);
      if (Arrays.stream(weights).sum() == 0) {
        return current;
      }
      int[] next =
          likeliest(
              affinity, evidence(call, affinity, backgrounds, current, weights), call.settings);
      if (Arrays.equals(next, current)) {
        return current;
      }
      current = next;
    }
    return current;
  }

  private static double[][] evidence(
      Call call, Affinity affinity, Background[] backgrounds, int[] labels, double[] weights) {
    boolean[] possible = new boolean[call.voices.size()];
    double[] cohesion = new double[possible.length];
    for (int v = 0; v < possible.length; v++) {
      possible[v] = backgrounds[v].mass() > 0;
    }
    for (int label : labels) {
      possible[label] = true;
    }
    for (int v = 0; v < possible.length; v++) {
      cohesion[v] = possible[v] ? affinity.cohesion(v, labels, weights, backgrounds[v]) : 0;
    }
    double sum = 0;
    double mass = 0;
    for (int i = 0; i < labels.length; i++) {
      sum += weights[i] * cohesion[labels[i]];
      mass += weights[i];
    }
    double noise = affinity.noise(sum / mass);
    double[][] evidence = new double[labels.length][possible.length];
    for (int v = 0; v < possible.length; v++) {
      for (int i = 0; i < labels.length; i++) {
        if (!possible[v]) {
          evidence[i][v] = IMPOSSIBLE;
          continue;
        }
        boolean home = call.voices.get(v).channels().contains(affinity.channel(i));
        double similarity = affinity.similarity(i, v, labels, weights, backgrounds[v]);
        double foreign = home ? 0 : call.settings.foreign();
        evidence[i][v] = affinity.evidence(i, similarity - foreign, cohesion[v], noise);
        if (!affinity.counts(i) && v != labels[i]) {
          // what says nothing of who speaks stays with whom it was with
          evidence[i][v] -= HOLD;
        }
      }
    }
    return evidence;
  }

  private static int[] likeliest(Affinity affinity, double[][] evidence, TrackerSettings settings) {
    int[] path = new int[evidence.length];
    int to;
    for (int from = 0; from < path.length; from = to) {
      to = from + 1;
      while (to < path.length && affinity.channel(to) == affinity.channel(from)) {
        to++;
      }
      int[] part = Path.likeliest(Arrays.copyOfRange(evidence, from, to), settings.switchCost());
      System.arraycopy(part, 0, path, from, part.length);
    }
    return path;
  }
}
