package io.turnwise.app.evaluate;

import java.util.Arrays;

/**
 * The one-to-one assignment of greatest total weight: the Hungarian method with shortest augmenting
 * paths (Kuhn 1955; Jonker and Volgenant 1987), cubic in the larger side.
 */
final class Assignment {
  private Assignment() {}

  /**
   * @param weight weight[row][column], 0 or more; all rows of one length
   * @return for each row its column, -1 where it has none; a pair of weight 0 counts as none
   */
  static int[] best(long[][] weight) {
    int rows = weight.length;
    int columns = rows == 0 ? 0 : weight[0].length;
    int size = Math.max(rows, columns);
    long[] rowPrice = new long[size + 1];
    long[] columnPrice = new long[size + 1];
    int[] rowOf = new int[size + 1];
    for (int row = 1; row <= size; row++) {
      int[] from = new int[size + 1];
      long[] slack = new long[size + 1];
      boolean[] done = new boolean[size + 1];
      Arrays.fill(slack, Long.MAX_VALUE);
      rowOf[0] = row;
      int column = 0;
      do {
        done[column] = true;
        int current = rowOf[column];
        long step = Long.MAX_VALUE;
        int next = 0;
        for (int j = 1; j <= size; j++) {
          if (!done[j]) {
            long cost = -cell(weight, current - 1, j - 1) - rowPrice[current] - columnPrice[j];
            if (cost < slack[j]) {
              slack[j] = cost;
              from[j] = column;
            }
            if (slack[j] < step) {
              step = slack[j];
              next = j;
            }
          }
        }
        for (int j = 0; j <= size; j++) {
          if (done[j]) {
            rowPrice[rowOf[j]] += step;
            columnPrice[j] -= step;
          } else {
            slack[j] -= step;
          }
        }
        column = next;
      } while (rowOf[column] != 0);
      while (column != 0) {
        rowOf[column] = rowOf[from[column]];
        column = from[column];
      }
    }
    int[] assigned = new int[rows];
    Arrays.fill(assigned, -1);
    for (int j = 1; j <= columns; j++) {
      int row = rowOf[j] - 1;
      if (row < rows && cell(weight, row, j - 1) > 0) {
        assigned[row] = j - 1;
      }
    }
    return assigned;
  }

  private static long cell(long[][] weight, int row, int column) {
    return row < weight.length && column < weight[row].length ? weight[row][column] : 0;
  }
}
