package io.turnwise.app.baseline;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class AverageLinkageTest {
  @Test
  void shouldTellApartWhatIsFarApartOnAverage() {
    // Given: two bundles 70 degrees apart
    List<float[]> segments =
        List.of(
            new float[] {1, 0},
            new float[] {0.34f, 0.94f},
            new float[] {1, 0.1f},
            new float[] {0.3f, 1},
            new float[] {2, 0.1f});

    // When
    int[] labels = AverageLinkage.of(segments).labels(0.7);

    // Then
    assertArrayEquals(new int[] {0, 1, 0, 1, 0}, labels);
  }

  @Test
  void shouldJoinAllBelowTheLeastCosineAndNoneAboveTheGreatest() {
    // Given
    AverageLinkage tree =
        AverageLinkage.of(List.of(new float[] {1, 0}, new float[] {0, 1}, new float[] {-1, 0}));

    // Then
    assertArrayEquals(new int[] {0, 0, 0}, tree.labels(-1));
    assertArrayEquals(new int[] {0, 1, 2}, tree.labels(0.5));
  }

  @Test
  void shouldLabelNothingWhereThereIsNothing() {
    assertEquals(0, AverageLinkage.of(List.of()).labels(0.5).length);
  }

  @Test
  void shouldLabelAsTheTwinThatLooksAtAllPairsEachTime() {
    for (long seed = 1; seed <= 60; seed++) {
      // Given
      Random random = new Random(seed);
      List<float[]> segments = new ArrayList<>();
      for (int i = random.nextInt(40); i >= 0; i--) {
        float[] segment = new float[6];
        for (int d = 0; d < segment.length; d++) {
          segment[d] = (float) (random.nextGaussian() + (d == i % 3 ? 2 : 0));
        }
        segments.add(segment);
      }
      AverageLinkage tree = AverageLinkage.of(segments);
      for (double threshold = -0.9; threshold < 1; threshold += 0.1) {
        // When
        int[] labels = tree.labels(threshold);

        // Then
        assertArrayEquals(
            slowly(segments, threshold), labels, "seed " + seed + ", threshold " + threshold);
      }
    }
  }

  private static int[] slowly(List<float[]> segments, double threshold) {
    List<List<Integer>> clusters = new ArrayList<>();
    for (int i = 0; i < segments.size(); i++) {
      clusters.add(new ArrayList<>(List.of(i)));
    }
    while (true) {
      double most = threshold;
      int one = -1;
      int other = -1;
      for (int i = 0; i < clusters.size(); i++) {
        for (int j = i + 1; j < clusters.size(); j++) {
          double sum = 0;
          for (int a : clusters.get(i)) {
            for (int b : clusters.get(j)) {
              sum += cosine(segments.get(a), segments.get(b));
            }
          }
          double average = sum / clusters.get(i).size() / clusters.get(j).size();
          if (average >= most) {
            most = average;
            one = i;
            other = j;
          }
        }
      }
      if (one < 0) {
        break;
      }
      clusters.get(one).addAll(clusters.remove(other));
    }
    int[] labels = new int[segments.size()];
    Arrays.fill(labels, -1);
    int numbers = 0;
    for (int i = 0; i < labels.length; i++) {
      int segment = i;
      if (labels[i] < 0) {
        int number = numbers++;
        clusters.stream()
            .filter(cluster -> cluster.contains(segment))
            .forEach(cluster -> cluster.forEach(member -> labels[member] = number));
      }
    }
    return labels;
  }

  private static double cosine(float[] a, float[] b) {
    double ab = 0;
    double aa = 0;
    double bb = 0;
    for (int i = 0; i < a.length; i++) {
      ab += (double) a[i] * b[i];
      aa += (double) a[i] * a[i];
      bb += (double) b[i] * b[i];
    }
    return ab / Math.sqrt(aa * bb);
  }
}
