package io.turnwise.conversion.resnet;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** What is wrong with a network's tensors, collected so that one error names them all. */
final class Faults {
  private static final int MOST_NAMED = 12;

  /** Kinds of fault, in the order they are told. */
  enum Kind {
    MISSING("lacks "),
    SHAPE("has of another shape "),
    TWICE("has under two names "),
    SECOND_LAYER("has the second embedding layer of another network: "),
    UNKNOWN("has, unknown to the network, "),
    NOT_FINITE("has values that are not finite in "),
    NEGATIVE("has variances below zero in ");

    private final String words;

    Kind(String words) {
      this.words = words;
    }
  }

  private final Map<Kind, List<String>> found = new EnumMap<>(Kind.class);

  /**
   * @param tensor its name, with what else there is to say
   */
  void add(Kind kind, String tensor) {
    found.computeIfAbsent(kind, any -> new ArrayList<>()).add(tensor);
  }

  boolean none() {
    return found.isEmpty();
  }

  /** A clause for each kind of fault that there is. */
  @Override
  public String toString() {
    return found.entrySet().stream()
        .map(entry -> entry.getKey().words + named(entry.getValue()))
        .collect(Collectors.joining("; "));
  }

  private static String named(List<String> tensors) {
    int more = tensors.size() - MOST_NAMED;
    return tensors.stream().limit(MOST_NAMED).collect(Collectors.joining(", "))
        + (more > 0 ? " and " + more + " more" : "");
  }
}
