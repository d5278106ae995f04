package io.turnwise.topology.track;

/** The likeliest sequence of speakers. */
final class Path {
  private Path() {}

  /**
   * Finds the sequence of greatest evidence, less a cost for each change (Viterbi's algorithm). Of
   * equal sequences it takes the one that changes later, and voices of lower number.
   *
   * @param evidence evidence[segment][voice], at least one of each
   * @param cost evidence a change costs, 0 or more
   * @return the voice of each segment
   */
  static int[] likeliest(double[][] evidence, double cost) {
    int size = evidence.length;
    int voices = evidence[0].length;
    int[][] from = new int[size][voices];
    double[] best = evidence[0].clone();
    for (int i = 1; i < size; i++) {
      int top = greatest(best);
      double[] next = new double[voices];
      for (int v = 0; v < voices; v++) {
        boolean stays = best[v] >= best[top] - cost;
        from[i][v] = stays ? v : top;
        next[v] = (stays ? best[v] : best[top] - cost) + evidence[i][v];
      }
      best = next;
    }
    int[] path = new int[size];
    int voice = greatest(best);
    for (int i = size - 1; i >= 0; i--) {
      path[i] = voice;
      voice = from[i][voice];
    }
    return path;
  }

  private static int greatest(double[] values) {
    int greatest = 0;
    for (int v = 1; v < values.length; v++) {
      if (values[v] > values[greatest]) {
        greatest = v;
      }
    }
    return greatest;
  }
}
