package io.turnwise.app.parity;

import java.util.List;
import java.util.Locale;
import java.util.SortedMap;

/**
 * How near our front end and embeddings come to the reference's.
 *
 * @param rows one for each excerpt
 * @param machine what it was measured on
 */
record ParityReport(List<Row> rows, String machine) {
  /** Log units a feature may be off by. */
  static final double LARGEST = 1e-3;

  /** Log units features may be off by on average. */
  static final double MEAN = 1e-5;

  static final double LEAST_COSINE = 0.99999;

  /**
   * One excerpt.
   *
   * @param name the recording and where the excerpt begins in it
   * @param frames how many frames it has
   * @param features how far they are off
   * @param centred the same after mean subtraction
   * @param cosines of our embedding with the reference runtime's, by model
   */
  record Row(
      String name,
      int frames,
      Difference features,
      Difference centred,
      SortedMap<String, Double> cosines) {
    boolean holds() {
      return features.holds()
          && centred.holds()
          && cosines.values().stream().allMatch(cosine -> cosine >= LEAST_COSINE);
    }
  }

  /** Absolute differences in log units; NaN where there is nothing to compare. */
  record Difference(double largest, double mean) {
    static Difference of(float[] expected, float[] actual) {
      if (expected.length != actual.length || expected.length == 0) {
        return new Difference(Double.NaN, Double.NaN);
      }
      double largest = 0;
      double sum = 0;
      for (int i = 0; i < expected.length; i++) {
        double difference = Math.abs((double) expected[i] - actual[i]);
        // of a NaN no comparison holds, and none may pass
        largest = Double.isNaN(difference) ? Double.NaN : Math.max(largest, difference);
        sum += difference;
      }
      return new Difference(largest, sum / expected.length);
    }

    boolean holds() {
      return largest <= LARGEST && mean <= MEAN;
    }

    @Override
    public String toString() {
      return String.format(Locale.ROOT, "%.1e / %.1e", largest, mean);
    }
  }

  /** Whether all limits hold on all excerpts. */
  boolean holds() {
    return rows.stream().allMatch(Row::holds);
  }

  /** The names of the excerpts on which a limit does not hold. */
  List<String> failing() {
    return rows.stream().filter(row -> !row.holds()).map(Row::name).toList();
  }

  /** The report as a page. */
  String markdown() {
    StringBuilder page = new StringBuilder();
    page.append(
        """
        # Parity with the reference

        Written by `turnwise parity --out docs/reference/parity.md`; do not edit.

        Our front end against kaldi-native-fbank (no mean subtraction) and the reference's mean\
         subtraction, and our embeddings against the reference runtime's, on every excerpt of the\
         reference data. Differences are absolute, in natural log units: largest / mean.

        """);
    page.append(
        String.format(
            Locale.ROOT,
            "Limits: largest %.0e, mean %.0e, cosine at least %.5f. **%s**%n%n",
            LARGEST,
            MEAN,
            LEAST_COSINE,
            holds() ? "All hold: PASS" : "Broken: FAIL"));
    List<String> models = rows.get(0).cosines().keySet().stream().toList();
    page.append("| Excerpt | Frames | Features | Mean subtracted |");
    models.forEach(model -> page.append(' ').append(model).append(" |"));
    page.append(" |\n|---|---|---|---|").append("---|".repeat(models.size() + 1)).append('\n');
    for (Row row : rows) {
      page.append("| ").append(row.name()).append(" | ").append(row.frames());
      page.append(" | ").append(row.features()).append(" | ").append(row.centred()).append(" | ");
      for (String model : models) {
        double cosine = row.cosines().getOrDefault(model, Double.NaN);
        page.append(String.format(Locale.ROOT, "%.8f | ", cosine));
      }
      page.append(row.holds() ? "PASS" : "FAIL").append(" |\n");
    }
    page.append("\nMeasured on ").append(machine).append(".\n");
    page.append(
        """

        ## Beyond these excerpts
        `FbankOracleTest` compares the front end with kaldi-native-fbank's arithmetic written apart\
         from it, on silence, offsets, full-scale squares, clicks, tones on and between spectral\
         lines, noise from full scale to 1e-20, seeded patchworks of all these, and all lengths\
         around the edges of frames: largest 3e-06, mean 5e-07. Exact arithmetic is met but for\
         what single precision cannot hold: a millionth of a frame's loudest amplitude.

        That is why the front end computes in single precision and in kaldi-native-fbank's order:\
         the reference rounds, and where two bands of a frame lie 90 dB apart, the rounding of the\
         louder one is heard in the fainter. With a transform in double precision the nine excerpts\
         differ by 5.6e-04 at most, and 99 half-minutes of the data folder's recordings by 3.2e-03.\
         Kaldi takes its mel scale from the C library's `logf`; where that rounds the last bit\
         otherwise (one of 257 lines with glibc) a tone on that line moves by 2.8e-05.
        """);
    return page.toString();
  }
}
