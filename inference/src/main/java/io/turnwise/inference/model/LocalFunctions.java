package io.turnwise.inference.model;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The functions that an ONNX file defines for itself. The runtime puts their nodes in place of each
 * call before it looks at a graph: thirty functions that each call the next one twice are a
 * thousand million nodes. Not thread-safe.
 */
final class LocalFunctions {
  /** Hundreds of times those of the largest known networks. */
  private static final long MOST_NODES = 1_000_000;

  private static final int DEEPEST = 64;

  /** The operators of each function; overloads of one name are taken as one. */
  private final Map<String, List<String>> bodies = new HashMap<>();

  private final Map<String, Long> sizes = new HashMap<>();
  private final Set<String> around = new HashSet<>();

  static String key(String domain, String operator) {
    return domain + ':' + operator;
  }

  /** Takes in a function, whose operators are named by {@link #key}. */
  void define(String function, List<String> operators) {
    bodies.computeIfAbsent(function, name -> new ArrayList<>()).addAll(operators);
  }

  /**
   * @param operators those of the graph
   * @throws IllegalArgumentException if there are too many once each call is replaced, or a
   *     function calls itself
   */
  void requireFewNodes(List<String> operators) {
    // Of a file without functions each node is there to be counted by its bytes.
    if (!bodies.isEmpty() && nodes(operators) > MOST_NODES) {
      throw new IllegalArgumentException(
          "has functions that call each other until there are more than " + MOST_NODES + " nodes");
    }
  }

  private long nodes(List<String> operators) {
    long nodes = 0;
    for (String operator : operators) {
      nodes = Math.min(MOST_NODES + 1, nodes + nodes(operator));
    }
    return nodes;
  }

  private long nodes(String operator) {
    List<String> body = bodies.get(operator);
    if (body == null) {
      return 1;
    }
    Long known = sizes.get(operator);
    if (known != null) {
      return known;
    }
    if (around.size() == DEEPEST || !around.add(operator)) {
      throw new IllegalArgumentException(
          "has functions that call themselves, or one another more than " + DEEPEST + " deep");
    }
    long nodes = Math.max(1, nodes(body));
    around.remove(operator);
    sizes.put(operator, nodes);
    return nodes;
  }
}
