package io.turnwise.conversion.quantize;

import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * What of a graph is computed in int8: convolutions with constant weights, and between them the
 * additions and maximum pools whose inputs and output are int8 anyway. Everything else stays in
 * float32 and sees dequantized tensors.
 *
 * <p>A ReLU, or a clip around zero, that alone follows such a node is left out: the quantization of
 * its output saturates where it would have cut.
 *
 * @param steps the nodes that are computed in int8, by index, in the graph's order
 * @param tensors names of the tensors that are quantized, in the graph's order; among them the
 *     inputs of the steps
 * @param leftOut indices of the activations that saturation replaces
 */
record Plan(Map<Integer, Step> steps, Set<String> tensors, Set<Integer> leftOut) {

  /**
   * One node computed in int8.
   *
   * @param kind what it computes
   * @param output the quantized tensor that it gives: its own output, or that of the activation
   *     which is left out
   */
  record Step(Kind kind, String output) {}

  enum Kind {
    CONVOLUTION,
    ADDITION,
    MAXIMUM_POOL
  }

  /** Indices of the convolutions that could be computed in int8. */
  static List<Integer> candidates(Graph graph) {
    List<Integer> candidates = new ArrayList<>();
    for (int i = 0; i < graph.nodes().size(); i++) {
      NodeProto node = graph.node(i);
      boolean convolution = node.getOpType().equals("Conv") && node.getDomain().isEmpty();
      if (convolution
          && graph.constant(node.getInput(0)).isEmpty()
          && node.getInputList().stream()
              .skip(1)
              .allMatch(
                  name ->
                      name.isEmpty() || graph.constant(name).map(Tensors::isFloat).orElse(false))) {
        candidates.add(i);
      }
    }
    return candidates;
  }

  static Plan of(Graph graph, Set<Integer> convolutions) {
    return new Planner(graph, convolutions).plan();
  }

  long count(Kind kind) {
    return steps.values().stream().filter(step -> step.kind() == kind).count();
  }

  private static final class Planner {
    private final Graph graph;
    private final Set<Integer> convolutions;
    private final Map<Integer, Step> possible = new TreeMap<>();
    private final Map<Integer, Integer> activations = new HashMap<>();

    /** Outputs of possible steps: quantized, if what takes them is. */
    private final Set<String> able = new HashSet<>();

    private Planner(Graph graph, Set<Integer> convolutions) {
      this.graph = graph;
      this.convolutions = convolutions;
    }

    Plan plan() {
      for (int i = 0; i < graph.nodes().size(); i++) {
        Optional<Kind> kind = kind(i);
        if (kind.isPresent()) {
          Step step = new Step(kind.get(), outputOf(i));
          possible.put(i, step);
          able.add(step.output());
        }
      }
      Map<Integer, Step> steps = new TreeMap<>();
      Set<String> wanted = new HashSet<>();
      List<Integer> backwards = new ArrayList<>(possible.keySet());
      for (int i = backwards.size() - 1; i >= 0; i--) {
        int index = backwards.get(i);
        Step step = possible.get(index);
        if (step.kind() == Kind.CONVOLUTION || wanted.contains(step.output())) {
          steps.put(index, step);
          wanted.addAll(activationsOf(graph.node(index), step.kind()));
        }
      }
      Set<String> tensors = new LinkedHashSet<>();
      Set<Integer> leftOut = new HashSet<>();
      steps.forEach(
          (index, step) -> {
            tensors.addAll(activationsOf(graph.node(index), step.kind()));
            tensors.add(step.output());
            Optional.ofNullable(activations.get(index)).ifPresent(leftOut::add);
          });
      return new Plan(steps, tensors, leftOut);
    }

    private Optional<Kind> kind(int index) {
      NodeProto node = graph.node(index);
      if (convolutions.contains(index)) {
        return Optional.of(Kind.CONVOLUTION);
      }
      if (node.getOpType().equals("Add") && node.getInputList().stream().allMatch(able::contains)) {
        return Optional.of(Kind.ADDITION);
      }
      if (node.getOpType().equals("MaxPool")
          && node.getOutputCount() == 1
          && able.contains(node.getInput(0))) {
        return Optional.of(Kind.MAXIMUM_POOL);
      }
      return Optional.empty();
    }

    private static List<String> activationsOf(NodeProto node, Kind kind) {
      return kind == Kind.ADDITION ? node.getInputList() : List.of(node.getInput(0));
    }

    /** Notes the activation that is left out, if there is one. */
    private String outputOf(int index) {
      NodeProto node = graph.node(index);
      String own = node.getOutput(0);
      Optional<Integer> next =
          node.getOpType().equals("MaxPool") ? Optional.empty() : graph.onlyConsumer(own);
      if (next.isPresent() && cutsAroundZero(graph.node(next.get()))) {
        activations.put(index, next.get());
        return graph.node(next.get()).getOutput(0);
      }
      return own;
    }

    private boolean cutsAroundZero(NodeProto node) {
      return node.getOpType().equals("Relu")
          || (node.getOpType().equals("Clip")
              && bound(node, 1).map(lower -> lower <= 0).orElse(true)
              && bound(node, 2).map(upper -> upper >= 0).orElse(true)
              && node.getInputList().stream()
                  .skip(1)
                  .allMatch(
                      name ->
                          name.isEmpty()
                              || graph.constant(name).map(Tensors::isFloat).orElse(false)));
    }

    private Optional<Float> bound(NodeProto clip, int input) {
      return clip.getInputCount() > input
          ? graph.constant(clip.getInput(input)).filter(Tensors::isFloat).map(Planner::single)
          : Optional.empty();
    }

    private static float single(TensorProto tensor) {
      return Tensors.floats(tensor)[0];
    }
  }
}
