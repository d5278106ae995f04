package io.turnwise.conversion.quantize;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Folds batch normalisation into the convolution before it: w' = w g / sqrt(v + e) and b' = (b - m)
 * g / sqrt(v + e) + s per output channel, with scale g, shift s, mean m, variance v and epsilon e
 * of the ONNX operator. What cannot be folded stays as it is.
 */
final class BatchNormalization {
  private static final float DEFAULT_EPSILON = 1e-5f;

  private BatchNormalization() {}

  static ModelProto fold(ModelProto model) {
    Graph graph = Graph.of(model);
    Map<Integer, NodeProto> replaced = new HashMap<>();
    GraphProto.Builder folded = model.getGraph().toBuilder();
    for (int i = 0; i < graph.nodes().size(); i++) {
      NodeProto convolution = graph.node(i);
      if (!convolution.getOpType().equals("Conv")) {
        continue;
      }
      Optional<Integer> next = graph.onlyConsumer(convolution.getOutput(0));
      if (next.isEmpty() || !foldable(graph, convolution, graph.node(next.get()))) {
        continue;
      }
      NodeProto normalization = graph.node(next.get());
      String prefix = convolution.getOutput(0);
      NodeProto.Builder merged = convolution.toBuilder();
      merged.clearInput().addInput(convolution.getInput(0));
      for (TensorProto tensor : merge(graph, convolution, normalization, prefix)) {
        folded.addInitializer(tensor);
        merged.addInput(tensor.getName());
      }
      merged.setOutput(0, normalization.getOutput(0));
      replaced.put(i, merged.build());
      replaced.put(next.get(), NodeProto.getDefaultInstance());
    }
    folded.clearNode();
    for (int i = 0; i < graph.nodes().size(); i++) {
      NodeProto node = replaced.getOrDefault(i, graph.node(i));
      if (!node.getOpType().isEmpty()) {
        folded.addNode(node);
      }
    }
    return Graph.withoutUnused(model.toBuilder().setGraph(folded).build());
  }

  private static boolean foldable(Graph graph, NodeProto convolution, NodeProto next) {
    if (!next.getOpType().equals("BatchNormalization")
        || next.getOutputCount() != 1
        || Graph.attribute(next, "training_mode").map(AttributeProto::getI).orElse(0L) != 0) {
      return false;
    }
    boolean constants =
        next.getInputList().subList(1, 5).stream().allMatch(name -> isFloat(graph, name));
    return constants
        && convolution.getInputList().stream()
            .skip(1)
            .allMatch(name -> name.isEmpty() || isFloat(graph, name));
  }

  private static boolean isFloat(Graph graph, String tensor) {
    return graph.constant(tensor).map(Tensors::isFloat).orElse(false);
  }

  private static List<TensorProto> merge(
      Graph graph, NodeProto convolution, NodeProto normalization, String prefix) {
    TensorProto shape = graph.constant(convolution.getInput(1)).orElseThrow();
    float[] weights = Tensors.floats(shape);
    float[] scale = constant(graph, normalization, 1);
    float[] shift = constant(graph, normalization, 2);
    float[] mean = constant(graph, normalization, 3);
    float[] variance = constant(graph, normalization, 4);
    double epsilon =
        Graph.attribute(normalization, "epsilon").map(AttributeProto::getF).orElse(DEFAULT_EPSILON);
    boolean biased = convolution.getInputCount() > 2 && !convolution.getInput(2).isEmpty();
    float[] bias = biased ? constant(graph, convolution, 2) : new float[scale.length];
    int each = weights.length / scale.length;
    for (int channel = 0; channel < scale.length; channel++) {
      double factor = scale[channel] / Math.sqrt(variance[channel] + epsilon);
      for (int i = channel * each; i < (channel + 1) * each; i++) {
        weights[i] = (float) (weights[i] * factor);
      }
      bias[channel] = (float) ((bias[channel] - mean[channel]) * factor + shift[channel]);
    }
    long[] dimensions = shape.getDimsList().stream().mapToLong(Long::longValue).toArray();
    return List.of(
        Tensors.ofFloats(prefix + "_folded_weight", weights, dimensions),
        Tensors.ofFloats(prefix + "_folded_bias", bias, bias.length));
  }

  private static float[] constant(Graph graph, NodeProto node, int input) {
    return Tensors.floats(graph.constant(node.getInput(input)).orElseThrow());
  }
}
