package io.turnwise.app.baseline;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * Agglomerative clustering of all of a call's segments at once: the two clusters whose members have
 * the greatest average cosine are joined first (UPGMA; Sokal and Michener, 1958). Offline: it sees
 * the end before it labels the beginning. Built once in quadratic time and memory by chains of
 * nearest neighbours (Murtagh, 1983), cut at any threshold. Immutable.
 */
public final class AverageLinkage {
  private final int size;
  private final List<Merge> merges;

  private AverageLinkage(int size, List<Merge> merges) {
    this.size = size;
    this.merges = merges;
  }

  /** Two clusters, each named by one of its members, and the average cosine at which they join. */
  private record Merge(int one, int other, double similarity) {}

  /**
   * @param segments embeddings in any order, all of one length
   * @throws IllegalArgumentException if an embedding has no direction
   */
  public static AverageLinkage of(List<float[]> segments) {
    double[][] directions = segments.stream().map(Directions::of).toArray(double[][]::new);
    int size = directions.length;
    double[][] similarity = new double[size][size];
    for (int i = 0; i < size; i++) {
      for (int j = 0; j < i; j++) {
        similarity[i][j] = Directions.dot(directions[i], directions[j]);
        similarity[j][i] = similarity[i][j];
      }
    }
    return new AverageLinkage(size, merges(similarity));
  }

  private static List<Merge> merges(double[][] similarity) {
    int size = similarity.length;
    boolean[] gone = new boolean[size];
    int[] members = new int[size];
    Arrays.fill(members, 1);
    Merge[] merges = new Merge[Math.max(0, size - 1)];
    int[] chain = new int[size];
    int length = 0;
    int first = 0;
    for (int done = 0; done < merges.length; ) {
      if (length == 0) {
        while (gone[first]) {
          first++;
        }
        chain[length++] = first;
      }
      int end = chain[length - 1];
      int before = length > 1 ? chain[length - 2] : -1;
      int nearest = before;
      for (int other = 0; other < size; other++) {
        if (other != end
            && !gone[other]
            && (nearest < 0 || similarity[end][other] > similarity[end][nearest])) {
          nearest = other;
        }
      }
      if (nearest != before) {
        chain[length++] = nearest;
        continue;
      }
      // Each is the other's nearest.
      merges[done++] = new Merge(before, end, similarity[end][before]);
      length -= 2;
      gone[end] = true;
      int both = members[before] + members[end];
      for (int other = 0; other < size; other++) {
        if (!gone[other] && other != before) {
          double average =
              (members[before] * similarity[before][other] + members[end] * similarity[end][other])
                  / both;
          similarity[before][other] = average;
          similarity[other][before] = average;
        }
      }
      members[before] = both;
    }
    Arrays.sort(merges, Comparator.comparingDouble(Merge::similarity).reversed());
    return List.of(merges);
  }

  /**
   * Cuts the tree.
   *
   * @param threshold least average cosine at which two clusters are joined
   * @return for each segment the number of its cluster, from 0 in the order of appearance
   */
  public int[] labels(double threshold) {
    int[] parent = new int[size];
    for (int i = 0; i < size; i++) {
      parent[i] = i;
    }
    for (Merge merge : merges) {
      if (merge.similarity < threshold) {
        break;
      }
      parent[root(parent, merge.other)] = root(parent, merge.one);
    }
    int[] labels = new int[size];
    int[] number = new int[size];
    Arrays.fill(number, -1);
    int numbers = 0;
    for (int i = 0; i < size; i++) {
      int root = root(parent, i);
      if (number[root] < 0) {
        number[root] = numbers++;
      }
      labels[i] = number[root];
    }
    return labels;
  }

  private static int root(int[] parent, int of) {
    int root = of;
    while (parent[root] != root) {
      parent[root] = parent[parent[root]];
      root = parent[root];
    }
    return root;
  }
}
