package io.turnwise.inference.features;

import io.turnwise.inference.internal.SinglePrecisionFft;
import java.util.Arrays;
import java.util.Objects;

/**
 * The log-mel filter bank that WeSpeaker's networks were trained on, as Kaldi computes it
 * (feature-fbank.cc, mel-computations.cc): frames of 25 ms every 10 ms, whole frames only; samples
 * on the int16 scale; no dither; per frame: mean subtracted, pre-emphasis 0.97 with the first
 * sample replicated, symmetric Hamming window, zeros to 512, power spectrum without the Nyquist
 * bin, 80 triangles linear in mel from 20 to 8000 Hz, natural logarithm floored at float's epsilon.
 *
 * <p>All of it in single precision and in the order of operations of kaldi-native-fbank, so that
 * its roundings are met: what is rounded of a frame's loudest band is heard in its faintest.
 * Thread-safe, immutable.
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

  private static final int FFT_SIZE = SinglePrecisionFft.SIZE;
  private static final float INT16_SCALE = 32768;
  private static final float PRE_EMPHASIS = 0.97f;
  private static final float LOWEST_HZ = 20;
  private static final float HIGHEST_HZ = 8000;
  private static final float FLOOR = 1.1920929e-07f;

  private final SinglePrecisionFft fft = new SinglePrecisionFft();
  private final float[] window = new float[FRAME_LENGTH];
  private final int[] firstBin = new int[BINS];
  private final float[][] weights = new float[BINS][];

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
      float[] triangle = new float[FFT_SIZE / 2];
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
    float[] frame = new float[FFT_SIZE];
    float[] re = new float[FFT_SIZE / 2];
    float[] im = new float[FFT_SIZE / 2];
    float[] power = new float[FFT_SIZE / 2];
    for (int t = 0; t < frames; t++) {
      shape(samples, offset + t * FRAME_SHIFT, frame);
      fft.power(frame, re, im, power);
      for (int bin = 0; bin < BINS; bin++) {
        float[] triangle = weights[bin];
        int first = firstBin[bin];
        float energy = 0;
        for (int k = 0; k < triangle.length; k++) {
          energy += triangle[k] * power[first + k];
        }
        values[t * BINS + bin] = (float) Math.log(Math.max(energy, FLOOR));
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

  /** Writes the windowed frame that begins at {@code at}; what follows it stays zero. */
  private void shape(float[] samples, int at, float[] frame) {
    float mean = 0;
    for (int n = 0; n < FRAME_LENGTH; n++) {
      mean += samples[at + n] * INT16_SCALE;
    }
    mean /= FRAME_LENGTH;
    float before = samples[at] * INT16_SCALE - mean;
    for (int n = 0; n < FRAME_LENGTH; n++) {
      float sample = samples[at + n] * INT16_SCALE - mean;
      frame[n] = (sample - PRE_EMPHASIS * before) * window[n];
      before = sample;
    }
  }
}
