package io.turnwise.inference.features;

import io.turnwise.inference.internal.RealFft;
import java.util.Arrays;
import java.util.Objects;

/**
 * The log-mel filter bank that WeSpeaker's networks were trained on, as Kaldi computes it
 * (feature-fbank.cc, mel-computations.cc): frames of 25 ms every 10 ms, whole frames only; samples
 * on the int16 scale; no dither; per frame: mean subtracted, pre-emphasis 0.97 with the first
 * sample replicated, symmetric Hamming window, zeros to 512, power spectrum without the Nyquist
 * bin, 80 triangles linear in mel from 20 to 8000 Hz, natural logarithm floored at float's epsilon.
 *
 * <p>Frames and triangles are made in single precision, as Kaldi makes them, so that its roundings
 * are met; spectrum, sums and logarithm are in double precision. Thread-safe, immutable.
 */
public final class Fbank {
  /** Samples a second. */
  public static final int SAMPLE_RATE = 16_000;

  /** Mel bins a frame. */
  public static final int BINS = 80;

  /** Samples of a frame: 25 ms. */
  public static final int FRAME_LENGTH = 400;

  /** Samples from one frame's beginning to the next one's: 10 ms. */
  public static final int FRAME_SHIFT = 160;

  private static final int FFT_SIZE = 512;
  private static final float INT16_SCALE = 32768;
  private static final float PRE_EMPHASIS = 0.97f;
  private static final float LOWEST_HZ = 20;
  private static final float HIGHEST_HZ = 8000;
  private static final double FLOOR = 1.1920929e-07;

  private final RealFft fft = new RealFft(FFT_SIZE);
  private final float[] window = new float[FRAME_LENGTH];
  private final int[] firstBin = new int[BINS];
  private final double[][] weights = new double[BINS][];

  public Fbank() {
    for (int n = 0; n < FRAME_LENGTH; n++) {
      window[n] = (float) (0.54 - 0.46 * Math.cos(2 * Math.PI * n / (FRAME_LENGTH - 1)));
    }
    float lowest = mel(LOWEST_HZ);
    float step = (mel(HIGHEST_HZ) - lowest) / (BINS + 1);
    for (int bin = 0; bin < BINS; bin++) {
      float left = lowest + bin * step;
      float centre = lowest + (bin + 1) * step;
      float right = lowest + (bin + 2) * step;
      double[] triangle = new double[FFT_SIZE / 2];
      int first = FFT_SIZE / 2;
      int last = -1;
      for (int k = 0; k < FFT_SIZE / 2; k++) {
        float at = mel((float) SAMPLE_RATE / FFT_SIZE * k);
        if (at > left && at < right) {
          triangle[k] =
              at <= centre ? (at - left) / (centre - left) : (right - at) / (right - centre);
          first = Math.min(first, k);
          last = k;
        }
      }
      firstBin[bin] = first;
      weights[bin] = Arrays.copyOfRange(triangle, first, last + 1);
    }
  }

  private static float mel(float hertz) {
    return 1127 * (float) Math.log(1 + hertz / 700);
  }

  /** How many whole frames a stretch of that many samples has; 24,000 samples have 148. */
  public static int frames(int samples) {
    return samples < FRAME_LENGTH ? 0 : 1 + (samples - FRAME_LENGTH) / FRAME_SHIFT;
  }

  /**
   * Features of 16 kHz samples in [-1, 1), without mean subtraction; only whole frames.
   *
   * @throws IndexOutOfBoundsException if the stretch does not lie within {@code samples}
   */
  public Features compute(float[] samples, int offset, int length) {
    Objects.checkFromIndexSize(offset, length, samples.length);
    int frames = frames(length);
    float[] values = new float[frames * BINS];
    int together = RealFft.batchSize(frames);
    RealFft.Batch batch = fft.batch(together);
    float[][] shaped = new float[FRAME_LENGTH][together];
    double[] energy = new double[together];
    for (int t = 0; t < frames; t += together) {
      // The last batch reaches back into the one before it, so that all are whole.
      int first = Math.min(t, frames - together);
      shape(samples, offset + first * FRAME_SHIFT, shaped, batch);
      batch.toPower();
      for (int bin = 0; bin < BINS; bin++) {
        energy(batch, bin, energy);
        for (int i = 0; i < together; i++) {
          values[(first + i) * BINS + bin] = (float) Math.log(Math.max(energy[i], FLOOR));
        }
      }
    }
    return new Features(values, frames, BINS);
  }

  /** The same, each bin's mean over time subtracted: what the models take. */
  public Features computeCentred(float[] samples, int offset, int length) {
    Features features = compute(samples, offset, length);
    float[] values = features.values();
    double[] mean = new double[BINS];
    for (int i = 0, bin = 0; i < values.length; i++, bin = bin + 1 == BINS ? 0 : bin + 1) {
      mean[bin] += values[i];
    }
    for (int bin = 0; bin < BINS; bin++) {
      mean[bin] /= Math.max(features.frames(), 1);
    }
    for (int i = 0, bin = 0; i < values.length; i++, bin = bin + 1 == BINS ? 0 : bin + 1) {
      values[i] = (float) (values[i] - mean[bin]);
    }
    return features;
  }

  /** The power under one bin's triangle in each frame. */
  private void energy(RealFft.Batch batch, int bin, double[] into) {
    double[] triangle = weights[bin];
    Arrays.fill(into, 0);
    for (int k = 0; k < triangle.length; k++) {
      double weight = triangle[k];
      double[] power = batch.power(firstBin[bin] + k);
      for (int i = 0; i < into.length; i++) {
        into[i] += weight * power[i];
      }
    }
  }

  /**
   * Writes the windowed frames that begin at {@code at} and every shift after it.
   *
   * @param rows work space, [frame length][frames]
   */
  private void shape(float[] samples, int at, float[][] rows, RealFft.Batch into) {
    float[] mean = new float[rows[0].length];
    for (int n = 0; n < FRAME_LENGTH; n++) {
      float[] row = rows[n];
      for (int i = 0; i < row.length; i++) {
        row[i] = samples[at + i * FRAME_SHIFT + n] * INT16_SCALE;
      }
      for (int i = 0; i < row.length; i++) {
        mean[i] += row[i];
      }
    }
    for (int i = 0; i < mean.length; i++) {
      mean[i] /= FRAME_LENGTH;
    }
    for (int n = 0; n < FRAME_LENGTH; n++) {
      emphasise(rows[Math.max(n - 1, 0)], rows[n], mean, window[n], into.sample(n));
    }
    for (int n = FRAME_LENGTH; n < FFT_SIZE; n++) {
      Arrays.fill(into.sample(n), 0);
    }
  }

  private static void emphasise(
      float[] before, float[] now, float[] mean, float weight, double[] into) {
    for (int i = 0; i < into.length; i++) {
      into[i] = ((now[i] - mean[i]) - PRE_EMPHASIS * (before[i] - mean[i])) * weight;
    }
  }
}
