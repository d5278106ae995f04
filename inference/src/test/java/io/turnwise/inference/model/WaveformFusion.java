package io.turnwise.inference.model;

import io.turnwise.testing.OnnxBytes;
import io.turnwise.testing.RepeatableNoise;
import java.util.ArrayList;
import java.util.List;

/**
 * A network of the shape of WavLM Large + RawNet ({@code WavLMRawNetSVBase}), twice: as an ONNX
 * file as its owner would export it, and as plain loops in double precision. Kernels, strides,
 * pooling, the outputs of both branches (1024 and 256) and the fusion to 256 are the real ones;
 * channels within the branches are few, WavLM's transformer is left out, and the weights are made
 * up.
 */
final class WaveformFusion {
  static final int DIMENSION = 256;
  private static final int WAVLM = 1024;
  private static final int RAWNET = 256;
  private static final int CHANNELS = 16;
  private static final int SQUEEZED = 2;
  private static final int ATTENTION = 8;
  private static final int BLOCKS = 2;
  private static final int SINC_TAPS = 251;
  private static final int FEATURES = 8;
  private static final int[] FEATURE_TAPS = {10, 3, 3, 3, 3, 2, 2};
  private static final int[] FEATURE_STRIDES = {5, 2, 2, 2, 2, 2, 2};
  private static final float EPSILON = 1e-5f;

  private final float[] sinc = sincFilters();
  private final Layer[] convolution = new Layer[BLOCKS];
  private final Layer[] squeeze = new Layer[BLOCKS];
  private final Layer[] excite = new Layer[BLOCKS];
  private final float[][] gain = new float[BLOCKS + 1][];
  private final float[][] offset = new float[BLOCKS + 1][];
  private final Layer attend;
  private final Layer score;
  private final Layer rawnetOut;
  private final List<Layer> features = new ArrayList<>();
  private final Layer project;
  private final Layer fuse;

  /** Weights [out][in][taps] and biases of a convolution or, with one tap, of a linear layer. */
  private record Layer(int out, int in, int taps, float[] weights, float[] bias) {
    static Layer of(RepeatableNoise noise, int out, int in, int taps) {
      double scale = Math.sqrt(3.0 / (in * taps));
      return new Layer(out, in, taps, noise.next(out * in * taps, scale), noise.next(out, 0.1));
    }
  }

  WaveformFusion() {
    RepeatableNoise noise = new RepeatableNoise(42);
    for (int i = 0; i <= BLOCKS; i++) {
      gain[i] = noise.next(CHANNELS, 1);
      offset[i] = noise.next(CHANNELS, 0.5);
    }
    for (int i = 0; i < BLOCKS; i++) {
      convolution[i] = Layer.of(noise, CHANNELS, CHANNELS, 3);
      squeeze[i] = Layer.of(noise, SQUEEZED, CHANNELS, 1);
      excite[i] = Layer.of(noise, CHANNELS, SQUEEZED, 1);
    }
    attend = Layer.of(noise, ATTENTION, CHANNELS, 1);
    score = Layer.of(noise, 1, ATTENTION, 1);
    rawnetOut = Layer.of(noise, RAWNET, 2 * CHANNELS, 1);
    for (int i = 0; i < FEATURE_TAPS.length; i++) {
      features.add(Layer.of(noise, FEATURES, i == 0 ? 1 : FEATURES, FEATURE_TAPS[i]));
    }
    project = Layer.of(noise, WAVLM, FEATURES, 1);
    fuse = Layer.of(noise, DIMENSION, WAVLM + RAWNET, 1);
  }

  /** Band-passes: differences of two windowed sincs, as SincConv makes them. */
  private static float[] sincFilters() {
    float[] filters = new float[CHANNELS * SINC_TAPS];
    for (int channel = 0; channel < CHANNELS; channel++) {
      double low = 80 + 450.0 * channel;
      double high = low + 500;
      for (int i = 0; i < SINC_TAPS; i++) {
        double t = (i - SINC_TAPS / 2) / 16_000.0;
        double window = 0.54 - 0.46 * Math.cos(2 * Math.PI * i / (SINC_TAPS - 1));
        filters[channel * SINC_TAPS + i] =
            (float) ((lowPass(high, t) - lowPass(low, t)) * window / 16_000);
      }
    }
    return filters;
  }

  private static double lowPass(double cutoff, double t) {
    return t == 0 ? 2 * cutoff : Math.sin(2 * Math.PI * cutoff * t) / (Math.PI * t);
  }

  /**
   * The ONNX file.
   *
   * @param length samples it takes, or a name for any number
   */
  byte[] file(Object length) {
    OnnxBytes onnx =
        new OnnxBytes()
            .input("waveform", "batch", length)
            .output("embs", "batch", DIMENSION)
            .longs("one", 1)
            .longs("two", 2)
            .initializer("half", new int[] {1}, 0.5f)
            .initializer("unit", new int[] {1}, 1)
            .initializer("root", new int[] {1}, (float) Math.sqrt(2))
            .initializer("tiny", new int[] {1}, 1e-9f)
            .initializer("sinc", new int[] {CHANNELS, 1, SINC_TAPS}, sinc)
            .node("Unsqueeze", "wave", "waveform", "one")
            .node(
                "Conv",
                "bands",
                List.of("wave", "sinc"),
                "pads",
                new long[] {SINC_TAPS / 2, SINC_TAPS / 2});
    String x = mish(onnx, normalised(onnx, "bands", 0), "m");
    for (int i = 0; i < BLOCKS; i++) {
      String at = "b" + i;
      String y = convolved(onnx, at + "conv", x, convolution[i], 1, 1);
      y = normalised(onnx, y, i + 1);
      onnx.node("ReduceMean", at + "mean", List.of(y), "axes", new long[] {2}, "keepdims", 1);
      onnx.node("Relu", at + "s", convolved(onnx, at + "sq", at + "mean", squeeze[i], 1, 0));
      onnx.node("Sigmoid", at + "e", convolved(onnx, at + "ex", at + "s", excite[i], 1, 0));
      onnx.node("Mul", at + "se", y, at + "e");
      onnx.node("Add", at + "out", x, mish(onnx, at + "se", at + "m"));
      x = at + "out";
    }
    onnx.node("Tanh", "attended", convolved(onnx, "att", x, attend, 1, 0))
        .node(
            "Softmax",
            "share",
            List.of(convolved(onnx, "score", "attended", score, 1, 0)),
            "axis",
            2)
        .node("Mul", "shared", x, "share")
        .node("ReduceSum", "mean", List.of("shared", "two"), "keepdims", 0)
        .node("Mul", "squares", x, "shared")
        .node("ReduceSum", "meansq", List.of("squares", "two"), "keepdims", 0)
        .node("Mul", "mean2", "mean", "mean")
        .node("Sub", "var", "meansq", "mean2")
        .node("Add", "vare", "var", "tiny")
        .node("Sqrt", "std", "vare")
        .node("Concat", "stats", List.of("mean", "std"), "axis", 1);
    onnx.node("Relu", "rawnet", linear(onnx, "rawnetlin", "stats", rawnetOut));
    String f = "wave";
    for (int i = 0; i < features.size(); i++) {
      f = gelu(onnx, convolved(onnx, "f" + i, f, features.get(i), FEATURE_STRIDES[i], 0), "g" + i);
    }
    onnx.node(
        "ReduceMean",
        "wavlm",
        List.of(convolved(onnx, "proj", f, project, 1, 0)),
        "axes",
        new long[] {2},
        "keepdims",
        0);
    onnx.node("Concat", "fused", List.of("wavlm", "rawnet"), "axis", 1);
    onnx.node("Relu", "embs", linear(onnx, "fuse", "fused", fuse));
    return onnx.file();
  }

  private String normalised(OnnxBytes onnx, String x, int i) {
    onnx.initializer("gain" + i, new int[] {CHANNELS}, gain[i])
        .initializer("offset" + i, new int[] {CHANNELS}, offset[i])
        .node(
            "InstanceNormalization",
            x + "n",
            List.of(x, "gain" + i, "offset" + i),
            "epsilon",
            EPSILON);
    return x + "n";
  }

  private static String convolved(
      OnnxBytes onnx, String name, String x, Layer layer, int stride, int pad) {
    onnx.initializer(name + ".weight", new int[] {layer.out, layer.in, layer.taps}, layer.weights)
        .initializer(name + ".bias", new int[] {layer.out}, layer.bias)
        .node(
            "Conv",
            name,
            List.of(x, name + ".weight", name + ".bias"),
            "strides",
            new long[] {stride},
            "pads",
            new long[] {pad, pad});
    return name;
  }

  private static String linear(OnnxBytes onnx, String name, String x, Layer layer) {
    onnx.initializer(name + ".weight", new int[] {layer.out, layer.in}, layer.weights)
        .initializer(name + ".bias", new int[] {layer.out}, layer.bias)
        .node("Gemm", name, List.of(x, name + ".weight", name + ".bias"), "transB", 1);
    return name;
  }

  private static String mish(OnnxBytes onnx, String x, String name) {
    onnx.node("Softplus", name + "p", x)
        .node("Tanh", name + "t", name + "p")
        .node("Mul", name, x, name + "t");
    return name;
  }

  private static String gelu(OnnxBytes onnx, String x, String name) {
    onnx.node("Div", name + "d", x, "root")
        .node("Erf", name + "e", name + "d")
        .node("Add", name + "a", name + "e", "unit")
        .node("Mul", name + "m", x, name + "a")
        .node("Mul", name, name + "m", "half");
    return name;
  }

  /** The embedding, without ONNX. */
  double[] embed(float[] samples) {
    double[][] wave = new double[1][samples.length];
    for (int i = 0; i < samples.length; i++) {
      wave[0][i] = samples[i];
    }
    double[] wavlm = wavlm(wave);
    double[] rawnet = rawnet(wave);
    double[] both = new double[WAVLM + RAWNET];
    System.arraycopy(wavlm, 0, both, 0, WAVLM);
    System.arraycopy(rawnet, 0, both, WAVLM, RAWNET);
    return rectified(applied(fuse, both));
  }

  private double[] wavlm(double[][] wave) {
    double[][] x = wave;
    for (int i = 0; i < features.size(); i++) {
      x = convolve(features.get(i), x, FEATURE_STRIDES[i], 0);
      for (double[] row : x) {
        for (int t = 0; t < row.length; t++) {
          row[t] *= 0.5 * (1 + erf(row[t] / Math.sqrt(2)));
        }
      }
    }
    double[] mean = new double[FEATURES];
    for (int c = 0; c < FEATURES; c++) {
      for (double value : x[c]) {
        mean[c] += value / x[c].length;
      }
    }
    // a linear layer commutes with the mean over time
    return applied(project, mean);
  }

  private double[] rawnet(double[][] wave) {
    double[][] x =
        convolve(
            new Layer(CHANNELS, 1, SINC_TAPS, sinc, new float[CHANNELS]), wave, 1, SINC_TAPS / 2);
    normalise(x, 0);
    mish(x);
    for (int i = 0; i < BLOCKS; i++) {
      double[][] y = convolve(convolution[i], x, 1, 1);
      normalise(y, i + 1);
      double[] mean = new double[CHANNELS];
      for (int c = 0; c < CHANNELS; c++) {
        for (double value : y[c]) {
          mean[c] += value / y[c].length;
        }
      }
      double[] excited = applied(excite[i], rectified(applied(squeeze[i], mean)));
      for (int c = 0; c < CHANNELS; c++) {
        for (int t = 0; t < y[c].length; t++) {
          y[c][t] *= 1 / (1 + Math.exp(-excited[c]));
        }
      }
      mish(y);
      for (int c = 0; c < CHANNELS; c++) {
        for (int t = 0; t < y[c].length; t++) {
          x[c][t] += y[c][t];
        }
      }
    }
    return rectified(applied(rawnetOut, attentiveStatistics(x)));
  }

  private double[] attentiveStatistics(double[][] x) {
    int frames = x[0].length;
    double[] share = new double[frames];
    double all = 0;
    for (int t = 0; t < frames; t++) {
      double[] frame = new double[CHANNELS];
      for (int c = 0; c < CHANNELS; c++) {
        frame[c] = x[c][t];
      }
      double[] attended = applied(attend, frame);
      for (int a = 0; a < ATTENTION; a++) {
        attended[a] = Math.tanh(attended[a]);
      }
      share[t] = Math.exp(applied(score, attended)[0]);
      all += share[t];
    }
    double[] statistics = new double[2 * CHANNELS];
    for (int c = 0; c < CHANNELS; c++) {
      double mean = 0;
      double squares = 0;
      for (int t = 0; t < frames; t++) {
        mean += x[c][t] * share[t] / all;
        squares += x[c][t] * x[c][t] * share[t] / all;
      }
      statistics[c] = mean;
      statistics[CHANNELS + c] = Math.sqrt(squares - mean * mean + 1e-9);
    }
    return statistics;
  }

  private static double[][] convolve(Layer layer, double[][] x, int stride, int pad) {
    int length = (x[0].length + 2 * pad - layer.taps) / stride + 1;
    double[][] y = new double[layer.out][length];
    for (int o = 0; o < layer.out; o++) {
      for (int t = 0; t < length; t++) {
        double sum = layer.bias[o];
        for (int c = 0; c < layer.in; c++) {
          for (int k = 0; k < layer.taps; k++) {
            int at = t * stride + k - pad;
            if (at >= 0 && at < x[c].length) {
              sum += layer.weights[(o * layer.in + c) * layer.taps + k] * x[c][at];
            }
          }
        }
        y[o][t] = sum;
      }
    }
    return y;
  }

  private void normalise(double[][] x, int i) {
    for (int c = 0; c < x.length; c++) {
      double mean = 0;
      for (double value : x[c]) {
        mean += value / x[c].length;
      }
      double variance = 0;
      for (double value : x[c]) {
        variance += (value - mean) * (value - mean) / x[c].length;
      }
      for (int t = 0; t < x[c].length; t++) {
        x[c][t] = gain[i][c] * (x[c][t] - mean) / Math.sqrt(variance + EPSILON) + offset[i][c];
      }
    }
  }

  private static void mish(double[][] x) {
    for (double[] row : x) {
      for (int t = 0; t < row.length; t++) {
        row[t] *= Math.tanh(Math.log1p(Math.exp(row[t])));
      }
    }
  }

  private static double[] applied(Layer layer, double[] x) {
    double[] y = new double[layer.out];
    for (int o = 0; o < layer.out; o++) {
      y[o] = layer.bias[o];
      for (int i = 0; i < layer.in; i++) {
        y[o] += layer.weights[o * layer.in + i] * x[i];
      }
    }
    return y;
  }

  private static double[] rectified(double[] x) {
    double[] y = x.clone();
    for (int i = 0; i < y.length; i++) {
      y[i] = Math.max(0, y[i]);
    }
    return y;
  }

  /** By its Taylor series, exact to 1e-8 below 4 and 1 beyond. */
  private static double erf(double x) {
    if (Math.abs(x) >= 4) {
      return Math.signum(x);
    }
    double term = x;
    double sum = x;
    for (int n = 1; Math.abs(term) > 1e-17; n++) {
      term *= -x * x / n;
      sum += term / (2 * n + 1);
    }
    return 2 / Math.sqrt(Math.PI) * sum;
  }
}
