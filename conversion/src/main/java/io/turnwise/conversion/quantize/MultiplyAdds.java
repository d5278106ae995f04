package io.turnwise.conversion.quantize;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnxruntime.OrtException;
import com.google.protobuf.InvalidProtocolBufferException;
import io.turnwise.inference.features.Features;
import io.turnwise.inference.model.InputKind;
import io.turnwise.inference.model.Model;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * How much a network computes: multiplications with constant weights, each with its addition, in
 * convolutions and linear layers. Nearly all of a convolutional network's work; two floating point
 * operations each.
 */
public final class MultiplyAdds {
  private MultiplyAdds() {}

  /**
   * Of one stretch.
   *
   * @param model a float32 model that takes features
   * @throws IllegalArgumentException if the model takes the waveform, or does not run
   */
  public static long of(Model model, Features stretch) {
    if (model.kind() == InputKind.WAVEFORM) {
      throw new IllegalArgumentException("model: " + model.name() + " takes no features");
    }
    try {
      return count(Graph.of(ModelProto.parseFrom(model.bytes())), stretch);
    } catch (InvalidProtocolBufferException | OrtException e) {
      throw new IllegalArgumentException(
          "model: " + model.name() + " does not run: " + e.getMessage(), e);
    }
  }

  private static long count(Graph graph, Features stretch) throws OrtException {
    Map<String, Long> perOutput = new HashMap<>();
    for (NodeProto node : graph.nodes()) {
      if (node.getInputCount() > 1) {
        long terms = graph.constant(node.getInput(1)).map(w -> terms(node, w)).orElse(0L);
        if (terms > 0) {
          perOutput.put(node.getOutput(0), terms);
        }
      }
    }
    long[] sum = new long[1];
    List<String> outputs =
        graph.model().getGraph().getOutputList().stream().map(output -> output.getName()).toList();
    List<String> more =
        perOutput.keySet().stream().filter(name -> !outputs.contains(name)).toList();
    if (!perOutput.isEmpty()) {
      try (Network network = new Network(graph.model(), more)) {
        network.run(
            stretch,
            perOutput.keySet(),
            (tensor, shape, values) -> sum[0] += values.length * perOutput.get(tensor));
      }
    }
    return sum[0];
  }

  /** Products that are summed for one number of the output. */
  private static long terms(NodeProto node, TensorProto weights) {
    return switch (node.getOpType()) {
      case "Conv" ->
          weights.getDimsList().stream()
              .skip(1)
              .mapToLong(Long::longValue)
              .reduce(1, Math::multiplyExact);
      case "Gemm" ->
          weights.getDims(
              Graph.attribute(node, "transB").map(attribute -> attribute.getI()).orElse(0L) == 0
                  ? 0
                  : 1);
      case "MatMul" -> weights.getDims(Math.max(0, weights.getDimsCount() - 2));
      default -> 0;
    };
  }
}
