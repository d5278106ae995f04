package io.turnwise.conversion.quantize;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Writes a plan into a graph: each quantized tensor is followed by QuantizeLinear and
 * DequantizeLinear and keeps its name behind them, so that whatever takes it needs no change. ONNX
 * Runtime turns DequantizeLinear, node, QuantizeLinear into the node's int8 twin.
 */
final class QdqWriter {
  /** Biases are sums of products; what would not fit gets a coarser step. */
  private static final double LARGEST_BIAS = 1 << 30;

  private final Graph graph;
  private final Plan plan;
  private final Map<String, Scale> scales;
  private final WeightBits weightBits;
  private final GraphProto.Builder written = GraphProto.newBuilder();
  private final Set<String> inputs = new HashSet<>();

  private QdqWriter(Graph graph, Plan plan, Map<String, Scale> scales, WeightBits weightBits) {
    this.graph = graph;
    this.plan = plan;
    this.scales = scales;
    this.weightBits = weightBits;
    graph.inputs().forEach(input -> inputs.add(input.getName()));
  }

  /**
   * @param scales the scale of each of the plan's tensors; an input and the output of a maximum
   *     pool must have one scale
   */
  static ModelProto write(
      Graph graph, Plan plan, Map<String, Scale> scales, WeightBits weightBits) {
    return new QdqWriter(graph, plan, scales, weightBits).model();
  }

  private ModelProto model() {
    GraphProto before = graph.model().getGraph();
    written.mergeFrom(before).clearNode().clearValueInfo();
    for (ValueInfoProto input : graph.inputs()) {
      if (plan.tensors().contains(input.getName())) {
        quantize(input.getName(), input.getName(), behindInput(input.getName()));
      }
    }
    for (int i = 0; i < graph.nodes().size(); i++) {
      if (!plan.leftOut().contains(i)) {
        node(i);
      }
    }
    return Graph.withoutUnused(graph.model().toBuilder().setGraph(written).build());
  }

  private void node(int index) {
    NodeProto.Builder node = graph.node(index).toBuilder();
    Plan.Step step = plan.steps().get(index);
    if (step != null) {
      for (int i = 0; i < node.getInputCount(); i++) {
        String input = node.getInput(i);
        if (inputs.contains(input) && plan.tensors().contains(input)) {
          node.setInput(i, behindInput(input));
        }
      }
      if (step.kind() == Plan.Kind.CONVOLUTION) {
        weights(graph.node(index), node);
      }
      node.setOutput(0, step.output());
    }
    List<String> quantized = new ArrayList<>();
    for (int i = 0; i < node.getOutputCount(); i++) {
      String output = node.getOutput(i);
      if (plan.tensors().contains(output)) {
        quantized.add(output);
        node.setOutput(i, beforeRounding(output));
      }
    }
    written.addNode(node);
    quantized.forEach(tensor -> quantize(tensor, beforeRounding(tensor), tensor));
  }

  private static String beforeRounding(String tensor) {
    return tensor + "_float";
  }

  private static String behindInput(String input) {
    return input + "_dequantized";
  }

  private void quantize(String tensor, String from, String to) {
    Scale scale = scales.get(tensor);
    String step = tensor + "_scale";
    String zeroPoint = tensor + "_zero_point";
    written.addInitializer(Tensors.ofFloats(step, new float[] {scale.step()}, new long[0]));
    written.addInitializer(Tensors.ofUnsignedByte(zeroPoint, scale.zeroPoint()));
    String quantized = tensor + "_quantized";
    written.addNode(convert("QuantizeLinear", quantized, from, step, zeroPoint));
    written.addNode(convert("DequantizeLinear", to, quantized, step, zeroPoint));
  }

  private void weights(NodeProto convolution, NodeProto.Builder node) {
    TensorProto tensor = graph.constant(convolution.getInput(1)).orElseThrow();
    float[] weights = Tensors.floats(tensor);
    int channels = Math.toIntExact(tensor.getDims(0));
    boolean biased = convolution.getInputCount() > 2 && !convolution.getInput(2).isEmpty();
    float[] bias =
        biased
            ? Tensors.floats(graph.constant(convolution.getInput(2)).orElseThrow())
            : new float[channels];
    double inputStep = scales.get(convolution.getInput(0)).step();
    float[] steps = new float[channels];
    byte[] quantized = new byte[weights.length];
    int[] sums = new int[channels];
    int each = weights.length / channels;
    for (int channel = 0; channel < channels; channel++) {
      double most = 0;
      for (int i = channel * each; i < (channel + 1) * each; i++) {
        most = Math.max(most, Math.abs(weights[i]));
      }
      double step =
          Math.max(most / weightBits.largest(), Math.abs(bias[channel]) / inputStep / LARGEST_BIAS);
      steps[channel] = step > Float.MIN_NORMAL ? (float) step : 1;
      for (int i = channel * each; i < (channel + 1) * each; i++) {
        quantized[i] = (byte) Math.rint(weights[i] / (double) steps[channel]);
      }
      sums[channel] = (int) Math.rint(bias[channel] / (inputStep * steps[channel]));
    }
    // Named after the output: two convolutions may share weights, and their inputs' scales differ.
    String prefix = convolution.getOutput(0);
    long[] dimensions = tensor.getDimsList().stream().mapToLong(Long::longValue).toArray();
    node.setInput(
        1,
        constant(
            prefix + "_weight",
            Tensors.ofSignedBytes(prefix + "_weight_quantized", quantized, dimensions),
            steps));
    if (biased) {
      float[] biasSteps = new float[channels];
      for (int channel = 0; channel < channels; channel++) {
        biasSteps[channel] = (float) (inputStep * steps[channel]);
      }
      node.setInput(
          2,
          constant(
              prefix + "_bias",
              Tensors.ofInts(prefix + "_bias_quantized", sums, channels),
              biasSteps));
    }
  }

  /** Adds a constant that is quantized per output channel, its first axis. */
  private String constant(String name, TensorProto quantized, float[] steps) {
    String scale = name + "_scale";
    String zeroPoint = name + "_zero_point";
    written.addInitializer(quantized);
    written.addInitializer(Tensors.ofFloats(scale, steps, steps.length));
    written.addInitializer(
        quantized.getDataType() == TensorProto.DataType.INT32_VALUE
            ? Tensors.ofInts(zeroPoint, new int[steps.length], steps.length)
            : Tensors.ofSignedBytes(zeroPoint, new byte[steps.length], steps.length));
    NodeProto.Builder node =
        convert("DequantizeLinear", name, quantized.getName(), scale, zeroPoint).toBuilder();
    node.addAttribute(
        AttributeProto.newBuilder()
            .setName("axis")
            .setType(AttributeProto.AttributeType.INT)
            .setI(0));
    written.addNode(node);
    return name;
  }

  private static NodeProto convert(String operator, String output, String... inputs) {
    NodeProto.Builder node =
        NodeProto.newBuilder()
            .setName(output + "_" + operator)
            .setOpType(operator)
            .addOutput(output);
    for (String input : inputs) {
      node.addInput(input);
    }
    return node.build();
  }
}
