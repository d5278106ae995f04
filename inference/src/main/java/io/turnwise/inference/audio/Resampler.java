package io.turnwise.inference.audio;

import java.util.Arrays;
import java.util.Map;
import java.util.Objects;

/**
 * A streaming, anti-aliased polyphase resampler from one input rate to 16 kHz. Output sample n of a
 * run lies at time n / 16000 s after the run's first input sample, so that there is no delay on the
 * timeline; it is given out once the inputs its filter covers are there. The output does not depend
 * on how the input was cut into pushes. Stateful, not thread-safe.
 *
 * <p>Any whole rate from 8 to 48 kHz. 16 kHz passes through unchanged. The filter covers 72 samples
 * of the lower rate on either side, so an output comes 4.5 ms (9 ms for 8 kHz input) after its
 * time.
 *
 * <p>Memory is bounded whatever rates come: one table serves all of them. A resampler keeps the
 * coefficients of its phases where these are few (at most 16 KiB), and shares those of the sound
 * cards' rates (11,025, 22,050 and 44,100 Hz, 0.9 MB in all). For any other rate, of up to 16,000
 * phases, each output's are read from the table anew. All ways give the same bits.
 */
public final class Resampler {
  public static final int OUTPUT_RATE = 16_000;

  /** Most coefficients that a resampler keeps. */
  private static final int MOST_KEPT = 4_096;

  /** Most inputs that are held besides those the filter covers. */
  private static final int BLOCK = 4_096;

  /** Fewer outputs of one phase than this are computed one by one. */
  private static final int LEAST_TOGETHER = 16;

  /** Most outputs that are computed together: their sums stay in the first-level cache. */
  private static final int MOST_TOGETHER = 512;

  /** Sums of an output, side by side. */
  private static final int SUMS = 4;

  private final Ratio ratio;

  /** Of all phases, read only, or of the output that is being computed. */
  private final float[] coefficients;

  private final boolean allPhases;

  /** Inputs {@code firstHeld} to {@code nextInput - 1}, from index 0 on. */
  private float[] held;

  private long firstHeld;
  private long nextInput;
  private long nextOutput;
  private boolean ended;

  /**
   * The two rates in lowest terms, and how far the filter reaches: output n lies at input n * down
   * / up, and covers the inputs from {@code before} below the last one not after it to {@code
   * after} above it.
   */
  private record Ratio(int inputRate, int up, int down, int before, int after) {
    static Ratio of(int inputRate) {
      if (inputRate < WavFile.MIN_RATE || inputRate > WavFile.MAX_RATE) {
        throw new IllegalArgumentException("inputRate: " + inputRate + " is not 8000 to 48000");
      }
      if (inputRate == OUTPUT_RATE) {
        return new Ratio(inputRate, 1, 1, 0, 0);
      }
      int common = gcd(inputRate, OUTPUT_RATE);
      int reach =
          inputRate < OUTPUT_RATE
              ? WindowedSinc.HALF_WIDTH
              : (WindowedSinc.HALF_WIDTH * inputRate + OUTPUT_RATE - 1) / OUTPUT_RATE;
      return new Ratio(inputRate, OUTPUT_RATE / common, inputRate / common, reach - 1, reach);
    }

    private static int gcd(int a, int b) {
      return b == 0 ? a : gcd(b, a % b);
    }

    int taps() {
      return before + 1 + after;
    }

    /** The last input at or before the output's time. */
    long inputAt(long output) {
      return Math.multiplyExact(output, (long) down) / up;
    }

    int phaseOf(long output) {
      return (int) (Math.multiplyExact(output, (long) down) % up);
    }

    /** How many outputs lie before that input's time. */
    long outputsBefore(long input) {
      return input <= 0 ? 0 : (Math.multiplyExact(input, (long) up) + down - 1) / down;
    }

    /** Coefficients of all phases. */
    float[] bank() {
      float[] bank = new float[up * taps()];
      for (int phase = 0; phase < up; phase++) {
        fill(phase, bank, phase * taps());
      }
      return bank;
    }

    /** Coefficients of one phase, for the inputs in their order. */
    void fill(int phase, float[] into, int offset) {
      if (taps() == 1) {
        into[offset] = 1;
        return;
      }
      double scale = Math.min(1, (double) OUTPUT_RATE / inputRate);
      double fraction = (double) phase / up;
      for (int tap = 0; tap < taps(); tap++) {
        into[offset + tap] =
            (float) (scale * WindowedSinc.at(scale * Math.abs(tap - before - fraction)));
      }
    }
  }

  private Resampler(Ratio ratio, long firstHeld, long nextInput, long nextOutput) {
    this.ratio = ratio;
    this.firstHeld = firstHeld;
    this.nextInput = nextInput;
    this.nextOutput = nextOutput;
    held = new float[ratio.taps() + Math.toIntExact(nextInput - firstHeld)];
    float[] shared = SoundCards.BANKS.getOrDefault(ratio.inputRate(), new float[0]);
    boolean few = (long) ratio.up() * ratio.taps() <= MOST_KEPT;
    allPhases = few || shared.length > 0;
    if (shared.length > 0) {
      coefficients = shared;
    } else {
      coefficients = few ? ratio.bank() : new float[ratio.taps()];
    }
  }

  /** Coefficients that all resamplers of one rate read; never written after they are made. */
  private static final class SoundCards {
    private static final Map<Integer, float[]> BANKS =
        Map.of(
            11_025, Ratio.of(11_025).bank(),
            22_050, Ratio.of(22_050).bank(),
            44_100, Ratio.of(44_100).bank());
  }

  /**
   * A run that begins here: inputs before its first sample count as silence.
   *
   * @throws IllegalArgumentException if the rate is not 8,000 to 48,000
   */
  public static Resampler start(int inputRate) {
    return resume(inputRate, 0);
  }

  /**
   * A run that is there as a whole, at 16 kHz: {@code round(n * 16000 / inputRate)} samples.
   *
   * @throws IllegalArgumentException if the rate is not 8,000 to 48,000
   */
  public static float[] whole(float[] input, int inputRate) {
    Resampler resampler = start(inputRate);
    float[] body = resampler.push(input, 0, input.length);
    float[] rest = resampler.flush();
    float[] all = Arrays.copyOf(body, body.length + rest.length);
    System.arraycopy(rest, 0, all, body.length, rest.length);
    return all;
  }

  /**
   * Goes on with a run of which the inputs before {@code inputOffset} are gone. Its first output is
   * the first sample whose filter covers only inputs at or after {@code inputOffset} (or, for
   * inputOffset 0, sample 0); from there on the outputs equal, bit for bit, those of the run that
   * was never interrupted.
   *
   * @throws IllegalArgumentException if the rate is not 8,000 to 48,000 or the offset is negative
   */
  public static Resampler resume(int inputRate, long inputOffset) {
    Ratio ratio = Ratio.of(inputRate);
    if (inputOffset < 0) {
      throw new IllegalArgumentException("inputOffset: " + inputOffset + " is negative");
    }
    if (inputOffset == 0) {
      return new Resampler(ratio, -ratio.before(), 0, 0);
    }
    long firstOutput = ratio.outputsBefore(inputOffset + ratio.before());
    return new Resampler(ratio, inputOffset, inputOffset, firstOutput);
  }

  /**
   * Offset, in the run, of the first input sample that output {@code outputIndex} depends on; 0 at
   * least.
   */
  public static long firstInputFor(int inputRate, long outputIndex) {
    Ratio ratio = Ratio.of(inputRate);
    if (outputIndex < 0) {
      throw new IllegalArgumentException("outputIndex: " + outputIndex + " is negative");
    }
    return Math.max(0, ratio.inputAt(outputIndex) - ratio.before());
  }

  public int inputRate() {
    return ratio.inputRate();
  }

  /** Index, in the run, of the next output sample. */
  public long nextOutput() {
    return nextOutput;
  }

  /**
   * Takes the next inputs and returns the outputs that have become computable; may be empty.
   *
   * @throws IllegalStateException after {@link #flush()}
   */
  public float[] push(float[] input, int offset, int length) {
    Objects.checkFromIndexSize(offset, length, input.length);
    if (ended) {
      throw new IllegalStateException("the run has ended; start another");
    }
    long computable = ratio.outputsBefore(nextInput + length - ratio.after());
    float[] out = new float[Math.toIntExact(Math.max(0, computable - nextOutput))];
    if (ratio.taps() == 1) {
      System.arraycopy(input, offset, out, 0, length);
      nextInput += length;
      nextOutput += length;
      return out;
    }
    int written = 0;
    for (int taken = 0; taken < length; ) {
      int block = Math.min(BLOCK, length - taken);
      hold(input, offset + taken, block);
      taken += block;
      written += compute(out, written);
    }
    return out;
  }

  /**
   * Ends the run as if silence followed, and returns the rest, so that a run of n inputs gives
   * {@code round(n * 16000 / inputRate)} outputs in all. Not usable afterwards.
   *
   * @throws IllegalStateException if it was called before
   */
  public float[] flush() {
    long total =
        (2 * Math.multiplyExact(nextInput, (long) ratio.up()) + ratio.down()) / (2L * ratio.down());
    long given = Math.max(total, nextOutput);
    int rest = Math.toIntExact(given - nextOutput);
    float[] out = push(new float[ratio.after()], 0, ratio.after());
    nextOutput = given;
    ended = true;
    return Arrays.copyOf(out, rest);
  }

  private void hold(float[] input, int offset, int length) {
    long needed = Math.max(firstHeld, ratio.inputAt(nextOutput) - ratio.before());
    int gone = (int) Math.min(needed - firstHeld, nextInput - firstHeld);
    int count = (int) (nextInput - firstHeld) - gone;
    float[] roomy = count + length > held.length ? new float[count + length] : held;
    System.arraycopy(held, gone, roomy, 0, count);
    System.arraycopy(input, offset, roomy, count, length);
    held = roomy;
    firstHeld += gone;
    nextInput += length;
  }

  private int compute(float[] out, int from) {
    long end = ratio.outputsBefore(nextInput - ratio.after());
    int count = (int) Math.max(0, end - nextOutput);
    if (allPhases && count / ratio.up() >= LEAST_TOGETHER) {
      computeTogether(out, from, count);
    } else {
      computeSingly(out, from, count);
    }
    nextOutput += count;
    return count;
  }

  private void computeSingly(float[] out, int from, int count) {
    int taps = ratio.taps();
    long input = ratio.inputAt(nextOutput);
    int phase = ratio.phaseOf(nextOutput);
    for (int i = 0; i < count; i++) {
      if (!allPhases) {
        ratio.fill(phase, coefficients, 0);
      }
      int at = (int) (input - ratio.before() - firstHeld);
      out[from + i] = dot(coefficients, allPhases ? phase * taps : 0, held, at, taps);
      phase += ratio.down();
      input += phase / ratio.up();
      phase %= ratio.up();
    }
  }

  /**
   * Phase by phase, tap by tap over many outputs: the JVM vectorises that, where it does not
   * vectorise a sum, and each output's sums are still made in the order in which {@link #dot} makes
   * them.
   */
  private void computeTogether(float[] out, int from, int count) {
    int up = ratio.up();
    float[][] columns = columns();
    int most = Math.min(MOST_TOGETHER, (count + up - 1) / up);
    float[] inputs = new float[most];
    float[][] sums = new float[SUMS][most];
    for (int first = 0; first < Math.min(up, count); first++) {
      int phase = ratio.phaseOf(nextOutput + first);
      int at = (int) (ratio.inputAt(nextOutput + first) - ratio.before() - firstHeld);
      int ofPhase = (count - first + up - 1) / up;
      for (int done = 0; done < ofPhase; done += MOST_TOGETHER) {
        int together = Math.min(MOST_TOGETHER, ofPhase - done);
        sum(phase, columns, at + done * ratio.down(), inputs, sums, together);
        for (int i = 0, to = from + first + done * up; i < together; i++, to += up) {
          out[to] = (sums[0][i] + sums[1][i]) + (sums[2][i] + sums[3][i]);
        }
      }
    }
  }

  /** What is held, dealt out in turn, so that the inputs of successive outputs lie side by side. */
  private float[][] columns() {
    int down = ratio.down();
    if (down == 1) {
      return new float[][] {held};
    }
    int count = (int) (nextInput - firstHeld);
    float[][] columns = new float[down][(count + down - 1) / down];
    for (int column = 0; column < down; column++) {
      for (int i = column, to = 0; i < count; i += down, to++) {
        columns[column][to] = held[i];
      }
    }
    return columns;
  }

  private void sum(
      int phase, float[][] columns, int at, float[] inputs, float[][] sums, int together) {
    int taps = ratio.taps();
    int even = taps - taps % SUMS;
    for (float[] sum : sums) {
      Arrays.fill(sum, 0, together, 0);
    }
    for (int tap = 0; tap < taps; tap++) {
      int first = at + tap;
      // Copied, since the JVM vectorises only arrays that are walked in step.
      System.arraycopy(
          columns[first % columns.length], first / columns.length, inputs, 0, together);
      add(coefficients[phase * taps + tap], inputs, sums[tap < even ? tap % SUMS : 0], together);
    }
  }

  private static void add(float coefficient, float[] inputs, float[] sum, int count) {
    for (int i = 0; i < count; i++) {
      sum[i] += coefficient * inputs[i];
    }
  }

  /** Four sums side by side, always in this order: faster than one, and the same bits each time. */
  private static float dot(float[] a, int aAt, float[] b, int bAt, int length) {
    float s0 = 0;
    float s1 = 0;
    float s2 = 0;
    float s3 = 0;
    int i = 0;
    for (; i + 3 < length; i += 4) {
      s0 += a[aAt + i] * b[bAt + i];
      s1 += a[aAt + i + 1] * b[bAt + i + 1];
      s2 += a[aAt + i + 2] * b[bAt + i + 2];
      s3 += a[aAt + i + 3] * b[bAt + i + 3];
    }
    for (; i < length; i++) {
      s0 += a[aAt + i] * b[bAt + i];
    }
    return (s0 + s1) + (s2 + s3);
  }
}
