package io.turnwise.conversion.quantize;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Who makes and who takes each tensor of a model's graph. Nodes are known by their index in the
 * graph, which is in topological order. Immutable.
 */
final class Graph {
  private final ModelProto model;
  private final Map<String, Integer> producers = new HashMap<>();
  private final Map<String, List<Integer>> consumers = new HashMap<>();
  private final Map<String, TensorProto> constants = new HashMap<>();

  /** Tensors that are seen outside the nodes: outputs, and what branches and loop bodies use. */
  private final Set<String> pinned = new HashSet<>();

  private Graph(ModelProto model) {
    this.model = model;
    GraphProto graph = model.getGraph();
    graph.getInitializerList().forEach(tensor -> constants.put(tensor.getName(), tensor));
    graph.getOutputList().forEach(output -> pinned.add(output.getName()));
    for (int i = 0; i < graph.getNodeCount(); i++) {
      NodeProto node = graph.getNode(i);
      for (String output : node.getOutputList()) {
        producers.put(output, i);
      }
      for (String input : node.getInputList()) {
        consumers.computeIfAbsent(input, name -> new ArrayList<>()).add(i);
      }
      bodies(node).forEach(this::pinAll);
      noteConstant(node);
    }
  }

  static Graph of(ModelProto model) {
    return new Graph(model);
  }

  ModelProto model() {
    return model;
  }

  List<NodeProto> nodes() {
    return model.getGraph().getNodeList();
  }

  NodeProto node(int index) {
    return model.getGraph().getNode(index);
  }

  /** What the graph must be given: inputs that no initializer of an old file stands for. */
  List<ValueInfoProto> inputs() {
    return model.getGraph().getInputList().stream()
        .filter(input -> !constants.containsKey(input.getName()))
        .toList();
  }

  Optional<Integer> producer(String tensor) {
    return Optional.ofNullable(producers.get(tensor));
  }

  List<Integer> consumers(String tensor) {
    return consumers.getOrDefault(tensor, List.of());
  }

  /** The only node that sees the tensor; none where several do, or something else does. */
  Optional<Integer> onlyConsumer(String tensor) {
    List<Integer> all = consumers(tensor);
    return all.size() == 1 && !pinned.contains(tensor) ? Optional.of(all.get(0)) : Optional.empty();
  }

  Optional<TensorProto> constant(String tensor) {
    return Optional.ofNullable(constants.get(tensor));
  }

  static Optional<AttributeProto> attribute(NodeProto node, String name) {
    return node.getAttributeList().stream()
        .filter(attribute -> attribute.getName().equals(name))
        .findFirst();
  }

  /** The graph without the constants that no node takes any more. */
  static ModelProto withoutUnused(ModelProto model) {
    Graph graph = of(model);
    GraphProto.Builder pruned = model.getGraph().toBuilder();
    pruned.clearNode();
    for (NodeProto node : graph.nodes()) {
      boolean constant = node.getOpType().equals("Constant") || node.getOpType().equals("Identity");
      if (!constant || node.getOutputList().stream().anyMatch(graph::used)) {
        pruned.addNode(node);
      }
    }
    pruned.clearInitializer();
    model.getGraph().getInitializerList().stream()
        .filter(tensor -> graph.used(tensor.getName()))
        .forEach(pruned::addInitializer);
    Set<String> kept = new HashSet<>();
    pruned.getInitializerList().forEach(tensor -> kept.add(tensor.getName()));
    pruned.clearInput();
    model.getGraph().getInputList().stream()
        .filter(
            input -> graph.constant(input.getName()).isEmpty() || kept.contains(input.getName()))
        .forEach(pruned::addInput);
    return model.toBuilder().setGraph(pruned).build();
  }

  private boolean used(String tensor) {
    return pinned.contains(tensor) || consumers.containsKey(tensor);
  }

  private void noteConstant(NodeProto node) {
    if (node.getOpType().equals("Constant")) {
      attribute(node, "value").ifPresent(value -> constants.put(node.getOutput(0), value.getT()));
    } else if (node.getOpType().equals("Identity")) {
      constant(node.getInput(0)).ifPresent(value -> constants.put(node.getOutput(0), value));
    }
  }

  private static List<GraphProto> bodies(NodeProto node) {
    List<GraphProto> bodies = new ArrayList<>();
    for (AttributeProto attribute : node.getAttributeList()) {
      if (attribute.hasG()) {
        bodies.add(attribute.getG());
      }
      bodies.addAll(attribute.getGraphsList());
    }
    return bodies;
  }

  private void pinAll(GraphProto body) {
    body.getOutputList().forEach(output -> pinned.add(output.getName()));
    for (NodeProto node : body.getNodeList()) {
      pinned.addAll(node.getInputList());
      bodies(node).forEach(this::pinAll);
    }
  }
}
