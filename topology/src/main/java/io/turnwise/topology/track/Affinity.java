package io.turnwise.topology.track;

import java.util.Arrays;
import java.util.List;

/**
 * How alike pieces of a call are to each other and to the call's voices. {@code labels[i]} is the
 * number of the voice that piece i is taken for. Not thread-safe.
 *
 * <p>The similarity of a piece with a voice is the average of its cosines with the voice's pieces,
 * where itself and those that share samples with it are left out, and a usual value stands in while
 * there are few of them. A piece beside one of another voice counts less, as it may hold both.
 */
final class Affinity {
  private static final int ROUNDS = 6;
  private static final int AXIS_ROUNDS = 12;

  /** Noise below which voices are not told apart any finer. */
  private static final double LEAST_NOISE = 0.05;

  private final TrackerSettings settings;
  private final List<Piece> pieces;
  private final int size;
  private final double[][] cosine;
  private final boolean[][] apart;

  /**
   * @param pieces one at least, channel by channel in the order of their time
   */
  Affinity(TrackerSettings settings, List<Piece> pieces) {
    this.settings = settings;
    this.pieces = pieces;
    size = pieces.size();
    cosine = new double[size][size];
    apart = new boolean[size][size];
    for (int i = 0; i < size; i++) {
      for (int j = 0; j <= i; j++) {
        cosine[i][j] = UnitVector.dot(pieces.get(i).mean(), pieces.get(j).mean());
        cosine[j][i] = cosine[i][j];
        apart[i][j] = i != j && !pieces.get(i).sharesSamplesWith(pieces.get(j));
        apart[j][i] = apart[i][j];
      }
    }
  }

  int dimension() {
    return pieces.get(0).mean().length;
  }

  int channel(int i) {
    return pieces.get(i).channel();
  }

  /** Whether a piece says anything of who speaks. */
  boolean counts(int i) {
    return pieces.get(i).weight() > 0;
  }

  double weight(int i) {
    return pieces.get(i).weight();
  }

  /** How much each piece counts in the voice it is labelled with. */
  double[] weights(int[] labels) {
    double[] weights = new double[size];
    for (int i = 0; i < size; i++) {
      boolean edge =
          i > 0 && labels[i - 1] != labels[i] && !apart[i][i - 1]
              || i + 1 < size && labels[i + 1] != labels[i] && !apart[i][i + 1];
      weights[i] = pieces.get(i).weight() * (edge ? settings.edge() : 1);
    }
    return weights;
  }

  /** Similarity of piece i with a voice. */
  double similarity(int i, int voice, int[] labels, double[] weights, Background background) {
    double sum = settings.usualMass() * settings.usual();
    double mass = settings.usualMass();
    if (background.mass() > 0) {
      sum += background.mass() * background.similarity(pieces.get(i).mean());
      mass += background.mass();
    }
    for (int j = 0; j < size; j++) {
      if (labels[j] == voice && apart[i][j]) {
        sum += weights[j] * cosine[i][j];
        mass += weights[j];
      }
    }
    return sum / mass;
  }

  /** Average similarity of a voice's pieces with the voice. */
  double cohesion(int voice, int[] labels, double[] weights, Background background) {
    double sum =
        settings.usualMass() * settings.usual() + background.mass() * background.cohesion();
    double mass = settings.usualMass() + background.mass();
    for (int i = 0; i < size; i++) {
      if (labels[i] == voice) {
        sum += weights[i] * similarity(i, voice, labels, weights, background);
        mass += weights[i];
      }
    }
    return sum / mass;
  }

  /** Average cosine of one label's pieces with a voice; -1 where there is nothing to compare. */
  double between(int label, int voice, int[] labels, double[] weights, Background background) {
    double sum = 0;
    double mass = 0;
    for (int i = 0; i < size; i++) {
      if (labels[i] == label) {
        double near = 0;
        double nearMass = 0;
        if (background.mass() > 0) {
          near += background.mass() * background.similarity(pieces.get(i).mean());
          nearMass += background.mass();
        }
        for (int j = 0; j < size; j++) {
          if (labels[j] == voice && apart[i][j]) {
            near += weights[j] * cosine[i][j];
            nearMass += weights[j];
          }
        }
        if (nearMass > 0) {
          sum += weights[i] * near / nearMass;
          mass += weights[i];
        }
      }
    }
    return mass > 0 ? sum / mass : -1;
  }

  /** Average cosine of one label's pieces with a background that is not empty. */
  double similarity(int label, int[] labels, double[] weights, Background background) {
    return background.similarity(mean(label, labels, weights));
  }

  /** The mean of one label's pieces; there is one at least that counts. */
  float[] mean(int label, int[] labels, double[] weights) {
    double[] sum = new double[dimension()];
    double mass = 0;
    for (int i = 0; i < size; i++) {
      if (labels[i] == label) {
        for (int d = 0; d < sum.length; d++) {
          sum[d] += weights[i] * pieces.get(i).mean()[d];
        }
        mass += weights[i];
      }
    }
    float[] mean = new float[sum.length];
    for (int d = 0; d < mean.length; d++) {
      mean[d] = (float) (sum[d] / Math.max(mass, 1e-9));
    }
    return mean;
  }

  /** Mean of a voice's pieces and background; there is one at least that counts. */
  float[] centroid(int voice, int[] labels, double[] weights, Background background) {
    double[] sum = new double[dimension()];
    background.addTo(sum);
    double mass = background.mass();
    for (int j = 0; j < size; j++) {
      if (labels[j] == voice) {
        mass += weights[j];
        for (int d = 0; d < sum.length; d++) {
          sum[d] += weights[j] * pieces.get(j).mean()[d];
        }
      }
    }
    float[] centroid = new float[sum.length];
    for (int d = 0; d < sum.length; d++) {
      centroid[d] = (float) (sum[d] / mass);
    }
    return centroid;
  }

  /** Average cosine of the pieces from..to with a voice's centroid. */
  double score(int from, int to, int voice, int[] labels, double[] weights, Background background) {
    double[] centroid = new double[dimension()];
    background.addTo(centroid);
    for (int j = 0; j < size; j++) {
      if (labels[j] == voice) {
        for (int d = 0; d < centroid.length; d++) {
          centroid[d] += weights[j] * pieces.get(j).mean()[d];
        }
      }
    }
    double square = 0;
    for (double value : centroid) {
      square += value * value;
    }
    double sum = 0;
    for (int i = from; i < to; i++) {
      double dot = 0;
      for (int d = 0; d < centroid.length; d++) {
        dot += centroid[d] * pieces.get(i).mean()[d];
      }
      sum += dot;
    }
    return square > 0 ? sum / (to - from) / Math.sqrt(square) : -1;
  }

  double noise(double cohesion) {
    return Math.max(LEAST_NOISE, 1 - cohesion);
  }

  /**
   * Evidence that piece i is of a voice: the log-likelihood of a normal distribution around the
   * voice's mean, but for what all voices share.
   */
  double evidence(int i, double similarity, double cohesion, double noise) {
    return pieces.get(i).weight() * (similarity - cohesion / 2) / noise;
  }

  /**
   * Tries to tell the pieces of one label apart into two voices: two-means clustering of the
   * likeliest path, begun along the axis on which the pieces differ most. Two voices take turns,
   * while the sounds of one voice alternate faster than the cost of a change allows.
   *
   * @param fresh label for the second voice, not in use
   * @return the two parts and by how much they explain the pieces better than one voice does; the
   *     gain is negative where there are no two of sufficient size
   */
  Split split(int[] labels, int label, int fresh) {
    int[] members = members(labels, label);
    int count = members.length;
    if (segments(labels, label) < 2 * settings.splitSegments()) {
      return new Split(labels, -1);
    }
    Background nothing = new Background(dimension());
    double[] weights = weights(labels);
    double cohesion = cohesion(label, labels, weights, nothing);
    double[] single = new double[count];
    for (int k = 0; k < count; k++) {
      single[k] = similarity(members[k], label, labels, weights, nothing);
    }
    int[] trial = labels.clone();
    double[] axis = axis(members);
    for (int k = 0; k < count; k++) {
      trial[members[k]] = axis[k] > 0 ? label : fresh;
    }
    Gain gain = gain(members, label, fresh, trial, single, cohesion);
    boolean both = substantial(trial, label) && substantial(trial, fresh);
    return new Split(trial, both && gain.all > 2 * gain.ofOnePiece ? gain.all : -1);
  }

  /**
   * By how much two voices explain their pieces better than one does: as {@link #split}, begun with
   * what is taken for each now.
   */
  double gain(int[] labels, int one, int other) {
    int[] both = labels.clone();
    for (int i = 0; i < size; i++) {
      both[i] = labels[i] == other ? one : labels[i];
    }
    int[] members = members(both, one);
    Background nothing = new Background(dimension());
    double[] weights = weights(both);
    double cohesion = cohesion(one, both, weights, nothing);
    double[] single = new double[members.length];
    for (int k = 0; k < members.length; k++) {
      single[k] = similarity(members[k], one, both, weights, nothing);
    }
    return gain(members, one, other, labels.clone(), single, cohesion).all;
  }

  /**
   * What two voices gain over one.
   *
   * @param ofOnePiece the most that one piece brings: where that is half of it all, or more, the
   *     piece is odd, and its neighbours are not another's
   */
  private record Gain(double all, double ofOnePiece) {}

  /** Settles {@code trial} and says what it gains over one voice. */
  private Gain gain(
      int[] members, int label, int fresh, int[] trial, double[] single, double cohesion) {
    int count = members.length;
    boolean settled = false;
    for (int round = 0; round < ROUNDS && !settled; round++) {
      int[] path =
          Path.likeliest(ofTwo(members, label, fresh, trial).evidence, settings.splitCost());
      settled = true;
      for (int k = 0; k < count; k++) {
        int next = path[k] == 0 ? label : fresh;
        settled &= trial[members[k]] == next;
        trial[members[k]] = next;
      }
    }
    Two two = ofTwo(members, label, fresh, trial);
    double gain = 0;
    double greatest = 0;
    for (int k = 0; k < count; k++) {
      int i = members[k];
      double own = two.evidence[k][trial[i] == label ? 0 : 1];
      own -= evidence(i, single[k], cohesion, two.noise);
      greatest = Math.max(greatest, own);
      gain += own;
      if (k > 0 && trial[i] != trial[members[k - 1]]) {
        gain -= settings.splitCost();
      }
    }
    return new Gain(gain, greatest);
  }

  /** How each member fits the one and the other of two voices. */
  private record Two(double[][] evidence, double noise) {}

  private Two ofTwo(int[] members, int one, int other, int[] labels) {
    Background nothing = new Background(dimension());
    double[] weights = weights(labels);
    double ofOne = cohesion(one, labels, weights, nothing);
    double ofOther = cohesion(other, labels, weights, nothing);
    double noise = noise((ofOne + ofOther) / 2);
    double[][] evidence = new double[members.length][2];
    for (int k = 0; k < members.length; k++) {
      int i = members[k];
      evidence[k][0] = evidence(i, similarity(i, one, labels, weights, nothing), ofOne, noise);
      evidence[k][1] = evidence(i, similarity(i, other, labels, weights, nothing), ofOther, noise);
    }
    return new Two(evidence, noise);
  }

  /** What {@link #split} found; the labels are the receiver's. */
  record Split(int[] labels, double gain) {}

  private boolean substantial(int[] labels, int label) {
    return segments(labels, label) >= settings.splitSegments()
        && mass(labels, label) >= settings.splitMass();
  }

  /** Number of segments taken for a voice. */
  double segments(int[] labels, int label) {
    double segments = 0;
    for (int i : members(labels, label)) {
      segments += Math.max(1, pieces.get(i).weight());
    }
    return segments;
  }

  /** What is taken for a voice, in full segments. */
  double mass(int[] labels, int label) {
    double[] weights = weights(labels);
    double mass = 0;
    for (int i : members(labels, label)) {
      mass += weights[i];
    }
    return mass;
  }

  private int[] members(int[] labels, int label) {
    int[] members = new int[size];
    int count = 0;
    for (int i = 0; i < size; i++) {
      if (labels[i] == label) {
        members[count++] = i;
      }
    }
    return Arrays.copyOf(members, count);
  }

  /** Coordinates of some pieces on the axis on which they differ most, by power iteration. */
  private double[] axis(int[] members) {
    int n = members.length;
    double[][] centred = new double[n][n];
    double[] rows = new double[n];
    double all = 0;
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < n; j++) {
        rows[i] += cosine[members[i]][members[j]] / n;
      }
      all += rows[i] / n;
    }
    int longest = 0;
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < n; j++) {
        centred[i][j] = cosine[members[i]][members[j]] - rows[i] - rows[j] + all;
      }
      if (centred[i][i] > centred[longest][longest]) {
        longest = i;
      }
    }
    double[] axis = centred[longest].clone();
    for (int round = 0; round < AXIS_ROUNDS; round++) {
      double[] next = new double[n];
      double square = 0;
      for (int i = 0; i < n; i++) {
        for (int j = 0; j < n; j++) {
          next[i] += centred[i][j] * axis[j];
        }
        square += next[i] * next[i];
      }
      if (square == 0) {
        return next;
      }
      double length = Math.sqrt(square);
      for (int i = 0; i < n; i++) {
        axis[i] = next[i] / length;
      }
    }
    return axis;
  }
}
