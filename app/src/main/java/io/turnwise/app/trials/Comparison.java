package io.turnwise.app.trials;

import io.turnwise.app.CommandFailed;
import io.turnwise.inference.calibration.Calibration;
import io.turnwise.inference.calibration.Channel;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntPredicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Stretches of known speakers, embedded as recorded and by telephone, ready to be compared. Not
 * thread-safe.
 *
 * @param speakers number of each stretch's speaker
 * @param seconds how much speech each holds
 * @param wide embeddings as recorded, as the network gave them
 * @param phone embeddings by telephone
 */
record Comparison(int[] speakers, double[] seconds, float[][] wide, float[][] phone) {
  /** Scores of one kind that an array holds, with what some machines take for its header. */
  static final long MOST_PAIRS = Integer.MAX_VALUE - 8;

  /**
   * Embeds on all cores; the result does not depend on how many there are.
   *
   * @throws CommandFailed if there are more pairs than can be scored at once
   */
  static Comparison of(int[] speakers, List<Stretch> recorded, Trials.Embedding embedding) {
    requireFewEnough(speakers.length);
    List<Stretch> phone = recorded.parallelStream().map(Stretch::throughTelephone).toList();
    return new Comparison(
        speakers,
        recorded.stream().mapToDouble(Stretch::speechSeconds).toArray(),
        embedded(recorded, embedding),
        embedded(phone, embedding));
  }

  /** Before anything is embedded: hours of work would be lost. */
  static void requireFewEnough(int stretches) {
    long pairs = (long) stretches * (stretches - 1);
    if (pairs > MOST_PAIRS) {
      throw new CommandFailed(
          stretches
              + " stretches make "
              + pairs
              + " pairs, and "
              + MOST_PAIRS
              + " can be scored; take some of the recordings away.");
    }
  }

  private static float[][] embedded(List<Stretch> stretches, Trials.Embedding embedding) {
    return IntStream.range(0, stretches.size())
        .parallel()
        .mapToObj(i -> embedding.embed(stretches.get(i).samples(), flags(stretches.get(i))))
        .toArray(float[][]::new);
  }

  /** A model that weighs by speech has no answer for a stretch without any. */
  private static boolean[] flags(Stretch stretch) {
    boolean[] flags = stretch.speech().clone();
    if (stretch.speechSeconds() == 0) {
      Arrays.fill(flags, true);
    }
    return flags;
  }

  /** The same stretches, their embeddings made comparable. */
  Comparison centred(Calibration calibration) {
    return new Comparison(
        speakers, seconds, centred(wide, calibration), centred(phone, calibration));
  }

  private static float[][] centred(float[][] embeddings, Calibration calibration) {
    return Arrays.stream(embeddings)
        .map(
            embedding -> {
              float[] centred = new float[embedding.length];
              calibration.centre(embedding, centred);
              return centred;
            })
        .toArray(float[][]::new);
  }

  /** Those of some speakers. */
  Comparison of(IntPredicate someone) {
    int[] kept =
        IntStream.range(0, speakers.length).filter(i -> someone.test(speakers[i])).toArray();
    return new Comparison(
        Arrays.stream(kept).map(i -> speakers[i]).toArray(),
        Arrays.stream(kept).mapToDouble(i -> seconds[i]).toArray(),
        Arrays.stream(kept).mapToObj(i -> wide[i]).toArray(float[][]::new),
        Arrays.stream(kept).mapToObj(i -> phone[i]).toArray(float[][]::new));
  }

  /** Cosines of all pairs of embeddings that are comparable. */
  Pairs cosines(Channel channel) {
    return pairs(channel, (cosine, i, j) -> cosine);
  }

  /** What a calibration makes of them. */
  Pairs ratios(Channel channel, Calibration calibration) {
    return pairs(
        channel,
        (cosine, i, j) -> calibration.logLikelihoodRatio(cosine, seconds[i], seconds[j], channel));
  }

  @FunctionalInterface
  private interface Score {
    double of(double cosine, int i, int j);
  }

  /**
   * Scores of trials.
   *
   * @param same of one speaker
   * @param different of two
   */
  record Pairs(double[] same, double[] different) {
    TrialScores scores() {
      return new TrialScores(same, different);
    }

    Pairs and(Pairs more) {
      return new Pairs(joined(same, more.same), joined(different, more.different));
    }

    private static double[] joined(double[] a, double[] b) {
      double[] all = Arrays.copyOf(a, a.length + b.length);
      System.arraycopy(b, 0, all, a.length, b.length);
      return all;
    }
  }

  private Pairs pairs(Channel channel, Score score) {
    boolean ordered = channel == Channel.ONE_SIDE;
    float[][] left = channel == Channel.TELEPHONE ? phone : wide;
    float[][] right = channel == Channel.WIDE_BAND ? wide : phone;
    int all = ordered ? pairs(left.length) : pairs(left.length) / 2;
    int own =
        Arrays.stream(speakers)
            .boxed()
            .collect(Collectors.groupingBy(speaker -> speaker, Collectors.summingInt(one -> 1)))
            .values()
            .stream()
            .mapToInt(stretches -> ordered ? pairs(stretches) : pairs(stretches) / 2)
            .sum();
    double[] same = new double[own];
    double[] different = new double[all - own];
    int sames = 0;
    int differents = 0;
    for (int i = 0; i < left.length; i++) {
      for (int j = ordered ? 0 : i + 1; j < right.length; j++) {
        if (i == j) {
          continue;
        }
        double value = score.of(dot(left[i], right[j]), i, j);
        if (speakers[i] == speakers[j]) {
          same[sames++] = value;
        } else {
          different[differents++] = value;
        }
      }
    }
    return new Pairs(same, different);
  }

  /** Ordered pairs of different ones. */
  private static int pairs(int stretches) {
    return Math.multiplyExact(stretches, stretches - 1);
  }

  private static double dot(float[] a, float[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += (double) a[i] * b[i];
    }
    return sum;
  }
}
