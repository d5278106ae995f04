package io.turnwise.inference.speech;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Our own voice-activity detector. A frame is speech when its level stands out of the background by
 * more than a share of what the channel's voices do: the background is the least power of each band
 * in the last seconds, the voices' level the upper part of the loudest frames there. Both follow
 * the channel, so one setting serves telephone and wide band, loud and quiet callers. Pauses
 * shorter than a quarter of a second are bridged and clicks removed, with what the segment already
 * holds of the future.
 *
 * <p>The samples of digital silence (filled gaps) are no speech and teach nothing about the
 * background.
 *
 * <p>The constants were set on calls put together from single-speaker recordings, wide band and
 * telephone, clean, in noise and with changing levels, of speakers in none of the tests.
 */
final class BandEnergyGate implements SpeechGate {
  /** Frames around which levels are averaged for the decision (50 ms). */
  private static final int SMOOTHING = 5;

  /** Frames around which powers are averaged before the background's least is taken (90 ms). */
  private static final int FLOOR_SMOOTHING = 9;

  /** Frames either side of digital silence whose windows it reaches into. */
  private static final int SILENCE_REACH = 2;

  /**
   * Voices peak at this level at least, in dB of full scale, until louder ones are heard: keeps
   * murmurs in a very quiet room from passing for speech before anybody has spoken.
   */
  private static final double QUIETEST_PEAK_DB = -38;

  /** The range from background to voices, in dB, where none was heard. */
  private static final double EXPECTED_RANGE_DB = 25;

  /** Blocks whose peak is nearer to the background than this, in dB, hold no voice. */
  private static final double LEAST_PEAK_DB = 9;

  /** The threshold's share of the range from background to voices, less the offset, in dB. */
  private static final double SHARE = 0.46;

  private static final double OFFSET_DB = -4;
  private static final double LEAST_THRESHOLD_DB = 4;

  /** What lies further below the voices, in dB, is no speech however quiet the background. */
  private static final double DEPTH_DB = 28;

  /** A speech run may continue this much below the threshold it had to cross once. */
  private static final double CONTINUATION = 0.8;

  /** A segment whose level varies less than this, in dB, holds no speech. */
  private static final double STATIONARY_DB = 6;

  private static final int STATIONARY_FRAMES = 50;

  /** Power, as mean square, below which a band counts as empty. */
  private static final double LEAST_POWER = StrictMath.pow(10, -8.5) / BandEnergies.BANDS;

  private static final byte VERSION = 1;

  private final Background background;
  private final SpeechRuns runs;

  private BandEnergyGate(Background background, SpeechRuns runs) {
    this.background = background;
    this.runs = runs;
  }

  @Override
  public boolean[] decide(float[] segment, int fresh) {
    Segments.check(segment, fresh);
    int frames = segment.length / FRAME;
    int freshFrames = fresh / FRAME;
    boolean[] silent = digitalSilence(segment);
    double[][] powers = BandEnergies.of(segment);
    for (double[] bands : powers) {
      for (int band = 0; band < bands.length; band++) {
        bands[band] = Math.max(bands[band], LEAST_POWER);
      }
    }
    boolean[] heard = away(silent);
    double[][] steady = averaged(powers, FLOOR_SMOOTHING);
    double[] level = levels(averaged(powers, SMOOTHING));
    for (int frame = frames - freshFrames; frame < frames; frame++) {
      if (heard[frame]) {
        background.hear(steady[frame], level[frame]);
      }
    }
    if (stationary(level, heard)) {
      background.raiseTo(mean(steady, heard));
    }
    boolean[] speech = new boolean[frames];
    if (background.known()) {
      double floor = background.floorDb();
      double peak = background.peakDb(floor + LEAST_PEAK_DB, floor + EXPECTED_RANGE_DB);
      double range = Math.max(peak, QUIETEST_PEAK_DB) - floor;
      double threshold =
          Math.max(LEAST_THRESHOLD_DB, Math.max(OFFSET_DB + SHARE * range, range - DEPTH_DB));
      mark(speech, level, silent, floor + threshold, floor + CONTINUATION * threshold);
    }
    return runs.smooth(speech, frames - freshFrames);
  }

  private static void mark(
      boolean[] speech, double[] level, boolean[] silent, double begin, double go) {
    for (int frame = 0; frame < level.length; ) {
      int end = frame;
      boolean begun = false;
      while (end < level.length && level[end] > go && !silent[end]) {
        begun |= level[end] > begin;
        end++;
      }
      if (begun) {
        Arrays.fill(speech, frame, end, true);
      }
      frame = Math.max(end, frame + 1);
    }
  }

  private static boolean stationary(double[] level, boolean[] heard) {
    double[] sorted = new double[level.length];
    int n = 0;
    for (int frame = 0; frame < level.length; frame++) {
      if (heard[frame]) {
        sorted[n++] = level[frame];
      }
    }
    if (n <= STATIONARY_FRAMES) {
      return false;
    }
    Arrays.sort(sorted, 0, n);
    return sorted[n - 1 - n / 20] - sorted[n / 20] < STATIONARY_DB;
  }

  private static double[] mean(double[][] powers, boolean[] heard) {
    double[] mean = new double[BandEnergies.BANDS];
    int n = 0;
    for (int frame = 0; frame < powers.length; frame++) {
      if (heard[frame]) {
        for (int band = 0; band < mean.length; band++) {
          mean[band] += powers[frame][band];
        }
        n++;
      }
    }
    for (int band = 0; band < mean.length; band++) {
      mean[band] /= n;
    }
    return mean;
  }

  private static boolean[] digitalSilence(float[] segment) {
    boolean[] silent = new boolean[segment.length / FRAME];
    for (int frame = 0; frame < silent.length; frame++) {
      silent[frame] = true;
      for (int i = frame * FRAME; i < (frame + 1) * FRAME && silent[frame]; i++) {
        silent[frame] = segment[i] == 0;
      }
    }
    return silent;
  }

  private static boolean[] away(boolean[] silent) {
    boolean[] heard = new boolean[silent.length];
    for (int frame = 0; frame < silent.length; frame++) {
      heard[frame] = true;
      for (int i = Math.max(0, frame - SILENCE_REACH);
          i <= Math.min(silent.length - 1, frame + SILENCE_REACH);
          i++) {
        heard[frame] &= !silent[i];
      }
    }
    return heard;
  }

  private static double[][] averaged(double[][] powers, int width) {
    int half = width / 2;
    double[][] averaged = new double[powers.length][BandEnergies.BANDS];
    for (int frame = 0; frame < powers.length; frame++) {
      int from = Math.max(0, frame - half);
      int to = Math.min(powers.length - 1, frame + half);
      double[] mean = averaged[frame];
      for (int i = from; i <= to; i++) {
        for (int band = 0; band < BandEnergies.BANDS; band++) {
          mean[band] += powers[i][band];
        }
      }
      for (int band = 0; band < BandEnergies.BANDS; band++) {
        mean[band] /= to - from + 1;
      }
    }
    return averaged;
  }

  private static double[] levels(double[][] powers) {
    double[] levels = new double[powers.length];
    for (int frame = 0; frame < powers.length; frame++) {
      levels[frame] = Background.db(powers[frame]);
    }
    return levels;
  }

  @Override
  public byte[] state() {
    ByteBuffer state = ByteBuffer.allocate(1 + Background.BYTES + SpeechRuns.BYTES).put(VERSION);
    background.write(state);
    runs.write(state);
    return state.array();
  }

  /** Makes gates; immutable. */
  static final class Factory implements SpeechGate.Factory {
    @Override
    public String name() {
      return SpeechGates.ENERGY;
    }

    @Override
    public SpeechGate start() {
      return new BandEnergyGate(new Background(), new SpeechRuns());
    }

    @Override
    public SpeechGate resume(byte[] state) {
      int length = 1 + Background.BYTES + SpeechRuns.BYTES;
      if (state.length != length || state[0] != VERSION) {
        throw new IllegalArgumentException(
            "speech gate state: "
                + state.length
                + " bytes that were not written by this version of the '"
                + SpeechGates.ENERGY
                + "' gate, which writes "
                + length);
      }
      ByteBuffer buffer = ByteBuffer.wrap(state, 1, length - 1);
      return new BandEnergyGate(Background.read(buffer), SpeechRuns.read(buffer));
    }

    @Override
    public void close() {}
  }
}
