package io.turnwise.conversion.quantize;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnxruntime.OrtException;
import com.google.protobuf.InvalidProtocolBufferException;
import io.turnwise.inference.features.Features;
import io.turnwise.inference.model.Cosine;
import io.turnwise.inference.model.InputKind;
import io.turnwise.inference.model.Model;
import io.turnwise.inference.model.UnusableModel;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Turns the convolutions of a float32 speaker model into int8 ones: static, QDQ, activations
 * unsigned with a zero point, weights signed and symmetric per output channel. Pooling and what
 * follows it stays in float32.
 *
 * <p>The ranges of the activations are those of calibration sound. Several ways to choose them are
 * tried, and that one is kept whose embeddings are nearest to the float network's on the same
 * sound. Every fifth window takes no part in this and is only compared in the end.
 *
 * <p>The same model and sound give the same bytes on one machine; on another one the runtime's
 * float kernels may round otherwise, and the ranges with them. Stateless, thread-safe.
 */
public final class Quantizer {
  /** Fewer windows say too little of the ranges. */
  public static final int LEAST_WINDOWS = 10;

  private static final int HELD_OUT_EVERY = 5;

  /** The first that has quantization along an axis. */
  private static final long LEAST_OPSET = 13;

  private final WeightBits weightBits;

  public Quantizer(WeightBits weightBits) {
    this.weightBits = weightBits;
  }

  /**
   * @param windows features of stretches of speech, all of one length, as the model takes them;
   *     {@value #LEAST_WINDOWS} at least
   * @throws UnusableModel if the model cannot be quantized; says why and what to do
   * @throws IllegalArgumentException if there are too few windows
   */
  public Quantized quantize(Model model, List<Features> windows) {
    if (windows.size() < LEAST_WINDOWS) {
      throw new IllegalArgumentException(
          "windows: " + windows.size() + " are fewer than " + LEAST_WINDOWS);
    }
    List<Features> calibration = new ArrayList<>();
    List<Features> heldOut = new ArrayList<>();
    for (int i = 0; i < windows.size(); i++) {
      (i % HELD_OUT_EVERY == HELD_OUT_EVERY - 1 ? heldOut : calibration).add(windows.get(i));
    }
    try {
      return quantize(model, calibration, heldOut);
    } catch (OrtException | IllegalArgumentException e) {
      throw refused(model, "does not run (" + e.getMessage() + "); fetch or export it again", e);
    }
  }

  private Quantized quantize(Model model, List<Features> calibration, List<Features> heldOut)
      throws OrtException {
    ModelProto original = parsed(model);
    Graph graph = Graph.of(BatchNormalization.fold(original));
    List<Integer> candidates = Plan.candidates(graph);
    Plan plan = Plan.of(graph, overManyPositions(graph, candidates, calibration.get(0)));
    if (plan.steps().isEmpty()) {
      throw refused(
          model,
          "has no convolution with constant float32 weights, and nothing else is worth it; use it"
              + " as it is",
          null);
    }
    String output = embeddingOutput(original);
    List<float[]> wanted = embeddings(original, output, calibration);
    Map<String, Distribution> distributions = distributions(graph, plan, calibration);
    Map<String, Double> tried = new LinkedHashMap<>();
    RangeRule best = RangeRule.MIN_MAX;
    ModelProto written = original;
    for (RangeRule rule : RangeRule.values()) {
      ModelProto candidate = write(graph, plan, distributions, rule);
      double error = 1 - agreement(wanted, embeddings(candidate, output, calibration)).mean();
      tried.put(rule.toString(), error);
      if (tried.size() == 1 || error < tried.get(best.toString())) {
        best = rule;
        written = candidate;
      }
    }
    Agreement apart =
        agreement(embeddings(original, output, heldOut), embeddings(written, output, heldOut));
    long convolutions = plan.count(Plan.Kind.CONVOLUTION);
    return new Quantized(
        written.toByteArray(),
        convolutions,
        plan.count(Plan.Kind.ADDITION),
        graph.nodes().stream().filter(node -> node.getOpType().equals("Conv")).count()
            - convolutions,
        best.toString(),
        tried,
        apart);
  }

  private static ModelProto parsed(Model model) {
    if (model.kind() == InputKind.WAVEFORM) {
      throw refused(
          model,
          "takes the waveform, and its front end does not survive int8; quantize a model that takes"
              + " features ('feats', or 'fbank' with 'weights')",
          null);
    }
    ModelProto parsed;
    try {
      parsed = ModelProto.parseFrom(model.bytes());
    } catch (InvalidProtocolBufferException e) {
      throw refused(model, "is no ONNX file (" + e.getMessage() + "); fetch it again", e);
    }
    for (NodeProto node : parsed.getGraph().getNodeList()) {
      String operator = node.getOpType();
      if (operator.contains("QuantizeLinear")
          || operator.startsWith("QLinear")
          || operator.endsWith("Integer")) {
        throw refused(
            model,
            "is quantized already (it has a node " + operator + "); quantize the float32 model",
            null);
      }
    }
    for (TensorProto tensor : parsed.getGraph().getInitializerList()) {
      if (tensor.getDataLocation() == TensorProto.DataLocation.EXTERNAL) {
        throw refused(
            model,
            "keeps the tensor '" + tensor.getName() + "' in another file; save it as one file",
            null);
      }
    }
    long opset =
        parsed.getOpsetImportList().stream()
            .filter(set -> set.getDomain().isEmpty() || set.getDomain().equals("ai.onnx"))
            .mapToLong(set -> set.getVersion())
            .findFirst()
            .orElse(0);
    if (opset < LEAST_OPSET) {
      throw refused(
          model,
          "is of opset " + opset + "; export it with opset " + LEAST_OPSET + " or newer",
          null);
    }
    return parsed;
  }

  private static UnusableModel refused(Model model, String why, Exception cause) {
    return new UnusableModel(
        "The model " + model.name() + " cannot be quantized: it " + why + ".", cause);
  }

  private static String embeddingOutput(ModelProto model) {
    List<String> outputs =
        model.getGraph().getOutputList().stream().map(output -> output.getName()).toList();
    return outputs.stream()
        .filter(name -> name.equals("embs") || name.equals("embedding"))
        .findFirst()
        .orElse(outputs.get(0));
  }

  /** Over a single position, after pooling, a convolution is too small for int8 to pay. */
  private static Set<Integer> overManyPositions(
      Graph graph, List<Integer> candidates, Features window) throws OrtException {
    Map<String, Integer> byOutput = new LinkedHashMap<>();
    candidates.forEach(index -> byOutput.put(graph.node(index).getOutput(0), index));
    Set<Integer> kept = new LinkedHashSet<>();
    if (!byOutput.isEmpty()) {
      try (Network network = new Network(graph.model(), byOutput.keySet())) {
        network.run(
            window,
            byOutput.keySet(),
            (tensor, shape, values) -> {
              long positions = 1;
              for (int i = 2; i < shape.length; i++) {
                positions *= shape[i];
              }
              if (positions > 1) {
                kept.add(byOutput.get(tensor));
              }
            });
      }
    }
    return kept;
  }

  private static Map<String, Distribution> distributions(
      Graph graph, Plan plan, List<Features> windows) throws OrtException {
    Set<String> tensors = new LinkedHashSet<>(plan.tensors());
    Set<String> outputs = new LinkedHashSet<>(tensors);
    graph.model().getGraph().getOutputList().forEach(output -> outputs.remove(output.getName()));
    Set<String> given = new LinkedHashSet<>();
    graph.inputs().forEach(input -> given.add(input.getName()));
    outputs.removeAll(given);
    Map<String, Distribution> distributions = new HashMap<>();
    try (Network network = new Network(graph.model(), outputs)) {
      Map<String, double[]> ranges = new HashMap<>();
      Network.Receiver range =
          (tensor, shape, values) -> {
            double[] all = ranges.computeIfAbsent(tensor, name -> new double[2]);
            for (float value : values) {
              all[0] = Math.min(all[0], value);
              all[1] = Math.max(all[1], value);
            }
          };
      visit(network, windows, tensors, given, range);
      ranges.forEach((tensor, all) -> distributions.put(tensor, new Distribution(all[0], all[1])));
      visit(
          network,
          windows,
          tensors,
          given,
          (tensor, shape, values) -> distributions.get(tensor).add(values));
    }
    return distributions;
  }

  private static void visit(
      Network network,
      List<Features> windows,
      Set<String> tensors,
      Set<String> given,
      Network.Receiver receiver)
      throws OrtException {
    Set<String> computed = new LinkedHashSet<>(tensors);
    computed.removeAll(given);
    for (Features window : windows) {
      for (String input : given) {
        if (tensors.contains(input)) {
          receiver.accept(input, new long[0], window.values());
        }
      }
      network.run(window, computed, receiver);
    }
  }

  private ModelProto write(
      Graph graph, Plan plan, Map<String, Distribution> distributions, RangeRule rule) {
    Map<String, Scale> scales = new HashMap<>();
    distributions.forEach((tensor, values) -> scales.put(tensor, rule.scale(values)));
    plan.steps()
        .forEach(
            (index, step) -> {
              if (step.kind() == Plan.Kind.MAXIMUM_POOL) {
                scales.put(step.output(), scales.get(graph.node(index).getInput(0)));
              }
            });
    ModelProto.Builder written = QdqWriter.write(graph, plan, scales, weightBits).toBuilder();
    return written
        .addMetadataProps(
            StringStringEntryProto.newBuilder()
                .setKey("turnwise.quantization")
                .setValue(
                    "static int8, weights of "
                        + weightBits.count()
                        + " bits, ranges of activations: "
                        + rule))
        .build();
  }

  private static List<float[]> embeddings(ModelProto model, String output, List<Features> windows)
      throws OrtException {
    List<float[]> embeddings = new ArrayList<>();
    try (Network network = new Network(model, List.of())) {
      for (Features window : windows) {
        network.run(window, Set.of(output), (tensor, shape, values) -> embeddings.add(values));
      }
    }
    return embeddings;
  }

  private static Agreement agreement(List<float[]> wanted, List<float[]> got) {
    double sum = 0;
    double least = 1;
    for (int i = 0; i < wanted.size(); i++) {
      double agreement = Cosine.of(wanted.get(i), got.get(i));
      double cosine = Double.isNaN(agreement) ? -1 : agreement;
      sum += cosine;
      least = Math.min(least, cosine);
    }
    return new Agreement(wanted.size(), sum / wanted.size(), least);
  }
}
