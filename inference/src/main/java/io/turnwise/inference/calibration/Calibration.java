package io.turnwise.inference.calibration;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * What a model's cosines mean: how its embeddings are centred before they are compared, and how
 * likely a cosine is of one voice rather than of two, by how much speech there was and what it came
 * through. Immutable, thread-safe; nothing is allocated by {@link #centre} and {@link
 * #logLikelihoodRatio}.
 */
public final class Calibration {
  private static final Calibration NONE = new Calibration(new float[0], List.of());

  private final float[] mean;
  private final List<Point> points;
  private final Curve[] curves = new Curve[Channel.values().length];

  /**
   * The ratio at one duration: {@code slope * cosine + intercept}.
   *
   * @param channel what the two stretches came through
   * @param seconds how much speech each of the two holds, above 0
   * @param slope above 0: a higher cosine is never likelier of two voices
   * @param intercept the ratio at cosine 0
   */
  public record Point(Channel channel, double seconds, double slope, double intercept) {
    public Point {
      if (channel == null) {
        throw new IllegalArgumentException("channel: is missing");
      }
      if (!(seconds > 0 && seconds <= 3_600)) {
        throw new IllegalArgumentException(
            "seconds: " + seconds + " is not above 0 and at most 3600");
      }
      if (!(slope > 0 && slope <= 1e6)) {
        throw new IllegalArgumentException("slope: " + slope + " is not above 0 and at most 1e6");
      }
      if (!(Math.abs(intercept) <= 1e6)) {
        throw new IllegalArgumentException("intercept: " + intercept + " is not -1e6 to 1e6");
      }
    }
  }

  /** One channel's points by rising duration. */
  private record Curve(double[] logSeconds, double[] slopes, double[] intercepts) {
    static Curve of(List<Point> points) {
      return new Curve(
          points.stream().mapToDouble(point -> Math.log(point.seconds())).toArray(),
          points.stream().mapToDouble(Point::slope).toArray(),
          points.stream().mapToDouble(Point::intercept).toArray());
    }

    double ratio(double cosine, double logSeconds) {
      int last = this.logSeconds.length - 1;
      if (!(logSeconds > this.logSeconds[0])) {
        return slopes[0] * cosine + intercepts[0];
      }
      int above = 1;
      while (above <= last && this.logSeconds[above] < logSeconds) {
        above++;
      }
      if (above > last) {
        return slopes[last] * cosine + intercepts[last];
      }
      double part =
          (logSeconds - this.logSeconds[above - 1])
              / (this.logSeconds[above] - this.logSeconds[above - 1]);
      double slope = slopes[above - 1] + part * (slopes[above] - slopes[above - 1]);
      double intercept = intercepts[above - 1] + part * (intercepts[above] - intercepts[above - 1]);
      return slope * cosine + intercept;
    }
  }

  private Calibration(float[] mean, List<Point> points) {
    this.mean = mean;
    this.points = points;
  }

  /** Of a model nobody has calibrated: nothing is centred, and there are no ratios. */
  public static Calibration none() {
    return NONE;
  }

  /**
   * @param mean subtracted from embeddings of length 1, itself shorter than 1; empty for no
   *     centring; copied
   * @param points for each channel one at least, no two of one channel and duration; in any order;
   *     empty where there are no ratios
   * @throws IllegalArgumentException naming what is wrong
   */
  public static Calibration of(float[] mean, List<Point> points) {
    double square = 0;
    for (int i = 0; i < mean.length; i++) {
      if (!Float.isFinite(mean[i])) {
        throw new IllegalArgumentException("mean: value " + i + " is " + mean[i]);
      }
      square += (double) mean[i] * mean[i];
    }
    // what is left of a vector of length 1 then always has a direction
    if (!(square < 0.998)) {
      throw new IllegalArgumentException(
          "mean: has length " + Math.sqrt(square) + ", and must be shorter than 0.999");
    }
    Map<Channel, List<Point>> byChannel = new EnumMap<>(Channel.class);
    points.forEach(
        point ->
            byChannel.computeIfAbsent(point.channel(), channel -> new ArrayList<>()).add(point));
    List<Point> ordered = new ArrayList<>();
    Calibration calibration = new Calibration(mean.clone(), ordered);
    for (Channel channel : points.isEmpty() ? new Channel[0] : Channel.values()) {
      List<Point> own = byChannel.getOrDefault(channel, List.of());
      if (own.isEmpty()) {
        throw new IllegalArgumentException("points: there is none for channel " + channel);
      }
      List<Point> rising =
          own.stream().sorted((a, b) -> Double.compare(a.seconds(), b.seconds())).toList();
      for (int i = 1; i < rising.size(); i++) {
        if (rising.get(i).seconds() == rising.get(i - 1).seconds()) {
          throw new IllegalArgumentException(
              "points: " + channel + " has " + rising.get(i).seconds() + " s twice");
        }
      }
      ordered.addAll(rising);
      calibration.curves[channel.ordinal()] = Curve.of(rising);
    }
    return calibration;
  }

  /** Whether embeddings are centred before they are compared. */
  public boolean centres() {
    return mean.length > 0;
  }

  /** Whether there are ratios. */
  public boolean calibrated() {
    return !points.isEmpty();
  }

  /** Length of the embeddings it is for; 0 where it takes any. */
  public int dimension() {
    return mean.length;
  }

  /** A copy of the mean; empty where nothing is centred. */
  public float[] mean() {
    return mean.clone();
  }

  /** The points, by channel and rising duration. */
  public List<Point> points() {
    return List.copyOf(points);
  }

  /**
   * Makes an embedding comparable: {@code unit(unit(embedding) - mean)}. The dot product of two
   * results is their cosine.
   *
   * @param embedding as the network gives it, of any length but 0
   * @param into receives the result, of length 1; may be {@code embedding} itself
   * @throws IllegalArgumentException if a length does not fit, or the embedding has no direction
   */
  public void centre(float[] embedding, float[] into) {
    if (into.length != embedding.length) {
      throw new IllegalArgumentException(
          "into: has " + into.length + " values for an embedding of " + embedding.length);
    }
    if (centres() && embedding.length != mean.length) {
      throw new IllegalArgumentException(
          "embedding: has " + embedding.length + " values, the mean " + mean.length);
    }
    double length = length(embedding);
    if (!(length > 0 && length < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException("embedding: has length " + length + " and no direction");
    }
    if (!centres()) {
      for (int i = 0; i < into.length; i++) {
        into[i] = (float) (embedding[i] / length);
      }
      return;
    }
    double square = 0;
    for (int i = 0; i < into.length; i++) {
      double centred = embedding[i] / length - mean[i];
      square += centred * centred;
    }
    double left = Math.sqrt(square);
    for (int i = 0; i < into.length; i++) {
      into[i] = (float) ((embedding[i] / length - mean[i]) / left);
    }
  }

  private static double length(float[] vector) {
    double square = 0;
    for (float value : vector) {
      square += (double) value * value;
    }
    return Math.sqrt(square);
  }

  /**
   * Natural logarithm of how much likelier a cosine is of one voice than of two. Rises with the
   * cosine. Between the durations that were measured slope and intercept are interpolated over the
   * logarithm of the duration; beyond them the nearest counts.
   *
   * <p>The duration of a pair is the harmonic mean of its two: what a stretch's brevity adds to the
   * scatter of the cosine goes with one over its duration, and the two add up.
   *
   * @param cosine of two embeddings that {@link #centre} made comparable
   * @param secondsA speech in the one, 0 or more
   * @param secondsB speech in the other, 0 or more
   * @throws IllegalStateException if it has no ratios; {@link #calibrated()} says so
   * @throws IllegalArgumentException if a duration is negative or not a number
   */
  public double logLikelihoodRatio(
      double cosine, double secondsA, double secondsB, Channel channel) {
    if (!calibrated()) {
      throw new IllegalStateException("the model is not calibrated");
    }
    if (!(secondsA >= 0 && secondsB >= 0)) {
      throw new IllegalArgumentException(
          "seconds: " + secondsA + " and " + secondsB + " are not both 0 or more");
    }
    double seconds = 2 / (1 / secondsA + 1 / secondsB);
    return curves[channel.ordinal()].ratio(cosine, Math.log(seconds));
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Calibration that
        && Arrays.equals(mean, that.mean)
        && points.equals(that.points);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(mean) + points.hashCode();
  }
}
