package io.turnwise.inference.model;

import io.turnwise.inference.features.Fbank;
import io.turnwise.inference.model.OnnxGraph.Dimension;
import io.turnwise.inference.model.OnnxGraph.Value;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * How a graph is to be called, as its own inputs and outputs say.
 *
 * @param kind what it takes
 * @param bins mel bins it takes; 0 for a waveform
 * @param dimension length of its embeddings, or 0 where the graph leaves it open
 * @param output name of the output that holds the embeddings
 * @param audio the input that holds features or samples
 * @param weights the input that holds weights, or {@code audio} again where there is none
 */
record Contract(
    InputKind kind, int bins, int dimension, String output, Value audio, Value weights) {
  static final int MOST_DIMENSIONS = 65_536;

  /**
   * @throws IllegalArgumentException if the graph has none of the known contracts; says what it has
   */
  static Contract of(OnnxGraph graph) {
    List<Value> inputs = graph.inputs();
    List<String> names = inputs.stream().map(Value::name).sorted().toList();
    InputKind kind =
        switch (String.join(" ", names)) {
          case "feats" -> InputKind.FEATURES;
          case "fbank weights" -> InputKind.FEATURES_AND_WEIGHTS;
          case "waveform" -> InputKind.WAVEFORM;
          default ->
              throw new IllegalArgumentException(
                  "takes "
                      + (inputs.isEmpty() ? "nothing" : inputs)
                      + ", and known are 'feats' [B, T, 80], 'fbank' [B, T, 80] with 'weights'"
                      + " [B, W], and 'waveform' [B, N]");
        };
    Value audio = named(inputs, kind == InputKind.FEATURES_AND_WEIGHTS ? "fbank" : names.get(0));
    Value weights = kind == InputKind.FEATURES_AND_WEIGHTS ? named(inputs, "weights") : audio;
    requireFloats(audio, kind == InputKind.WAVEFORM ? 2 : 3);
    if (weights != audio) {
      requireFloats(weights, 2);
    }
    int bins = 0;
    if (kind != InputKind.WAVEFORM) {
      bins = Fbank.BINS;
      if (!audio.last().allows(bins)) {
        throw new IllegalArgumentException(
            "takes " + audio.last() + " mel bins, and the front end makes " + bins);
      }
    }
    Value output = output(graph.outputs());
    Dimension dimension = output.last();
    if (!dimension.dynamic() && (dimension.size() < 1 || dimension.size() > MOST_DIMENSIONS)) {
      throw new IllegalArgumentException(
          "gives " + output + ", and embeddings have 1 to " + MOST_DIMENSIONS + " dimensions");
    }
    return new Contract(
        kind,
        bins,
        dimension.dynamic() ? 0 : Math.toIntExact(dimension.size()),
        output.name(),
        audio,
        weights);
  }

  private static Value named(List<Value> values, String name) {
    return values.stream().filter(value -> value.name().equals(name)).findFirst().orElseThrow();
  }

  private static void requireFloats(Value input, int rank) {
    if (input.elementType() != OnnxGraph.FLOAT32) {
      throw new IllegalArgumentException(
          "input '" + input.name() + "' is not of float32 but of ONNX type " + input.elementType());
    }
    if (input.dimensions().size() != rank) {
      throw new IllegalArgumentException(
          "input "
              + input
              + " has rank "
              + input.dimensions().size()
              + " where "
              + rank
              + " is wanted");
    }
    if (!input.dimensions().get(0).allows(1)) {
      throw new IllegalArgumentException(
          "input "
              + input
              + " takes only batches of "
              + input.dimensions().get(0)
              + ", and segments come one by one");
    }
  }

  private static Value output(List<Value> outputs) {
    Value output =
        outputs.size() == 1
            ? outputs.get(0)
            : outputs.stream()
                .filter(value -> value.name().equals("embs") || value.name().equals("embedding"))
                .findFirst()
                .orElseThrow(
                    () ->
                        new IllegalArgumentException(
                            "gives "
                                + outputs
                                + ", and none of these is named 'embs' or 'embedding'"));
    if (output.elementType() != OnnxGraph.FLOAT32 || output.dimensions().size() != 2) {
      throw new IllegalArgumentException(
          "gives " + output + " where embeddings float32 [B, D] are wanted");
    }
    return output;
  }

  private int steps(int samples) {
    return kind == InputKind.WAVEFORM ? samples : Fbank.frames(samples);
  }

  /**
   * The graph's named dynamic dimensions and what they are for stretches of one length. A name that
   * would have to be two things at once is left dynamic.
   *
   * @throws IllegalArgumentException if the graph takes stretches of another length only
   */
  Map<String, Long> fixed(int samples, int weightsLength) {
    TreeMap<String, Long> fixed = new TreeMap<>();
    TreeSet<String> ambiguous = new TreeSet<>();
    fix(audio, shape(audio, samples, weightsLength), fixed, ambiguous);
    if (weights != audio) {
      fix(weights, shape(weights, samples, weightsLength), fixed, ambiguous);
    }
    fixed.keySet().removeAll(ambiguous);
    return fixed;
  }

  /** Shape that the input has for one stretch. */
  long[] shape(Value input, int samples, int weightsLength) {
    if (input == weights && weights != audio) {
      return new long[] {1, weightsLength};
    }
    return kind == InputKind.WAVEFORM
        ? new long[] {1, samples}
        : new long[] {1, steps(samples), bins};
  }

  private void fix(Value input, long[] shape, Map<String, Long> fixed, Set<String> ambiguous) {
    for (int i = 0; i < shape.length; i++) {
      Dimension dimension = input.dimensions().get(i);
      if (!dimension.allows(shape[i])) {
        throw new IllegalArgumentException(
            "input "
                + input
                + " has a fixed shape, and this stretch needs "
                + Arrays.toString(shape)
                + (kind == InputKind.WAVEFORM && dimension.size() > shape[i]
                    ? " (shortInput in the manifest would pad it)"
                    : ""));
      }
      if (dimension.dynamic() && !dimension.name().isEmpty()) {
        Long before = fixed.put(dimension.name(), shape[i]);
        if (before != null && before != shape[i]) {
          ambiguous.add(dimension.name());
        }
      }
    }
  }
}
