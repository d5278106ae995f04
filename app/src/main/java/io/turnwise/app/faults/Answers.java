package io.turnwise.app.faults;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What a run has put out: for each topic and call the values, in their order. */
record Answers(Map<Place, List<ByteBuffer>> values) {
  /** A topic and a call. */
  record Place(Output.Kind kind, String key) implements Comparable<Place> {
    @Override
    public int compareTo(Place other) {
      int byKey = key.compareTo(other.key);
      return byKey != 0 ? byKey : kind.compareTo(other.kind);
    }
  }

  /**
   * How a run differs from the run without faults.
   *
   * @param lost values that are missing
   * @param duplicated values that were there before
   * @param invented values that should not be there at all
   * @param reordered calls of a topic with the right values in a wrong order
   * @param where one line for each call of a topic that differs
   */
  record Difference(int lost, int duplicated, int invented, int reordered, List<String> where) {
    /** Whether both are the same bytes in the same order. */
    boolean none() {
      return where.isEmpty();
    }
  }

  static Answers of(List<Output> outputs) {
    Map<Place, List<ByteBuffer>> values = new TreeMap<>();
    for (Output output : outputs) {
      values
          .computeIfAbsent(new Place(output.kind(), output.key()), place -> new ArrayList<>())
          .add(ByteBuffer.wrap(output.value()));
    }
    return new Answers(values);
  }

  int count() {
    return values.values().stream().mapToInt(List::size).sum();
  }

  /** How other answers differ from these. */
  Difference differenceOf(Answers other) {
    int lost = 0;
    int duplicated = 0;
    int invented = 0;
    int reordered = 0;
    List<String> where = new ArrayList<>();
    Map<Place, List<ByteBuffer>> places = new TreeMap<>(values);
    other.values.forEach(places::putIfAbsent);
    for (Place place : places.keySet()) {
      List<ByteBuffer> expected = values.getOrDefault(place, List.of());
      List<ByteBuffer> seen = other.values.getOrDefault(place, List.of());
      if (expected.equals(seen)) {
        continue;
      }
      Map<ByteBuffer, Integer> balance = new HashMap<>();
      seen.forEach(value -> balance.merge(value, 1, Integer::sum));
      expected.forEach(value -> balance.merge(value, -1, Integer::sum));
      int missing = 0;
      int again = 0;
      int strange = 0;
      for (Map.Entry<ByteBuffer, Integer> entry : balance.entrySet()) {
        if (entry.getValue() < 0) {
          missing -= entry.getValue();
        } else if (entry.getValue() > 0 && expected.contains(entry.getKey())) {
          again += entry.getValue();
        } else {
          strange += entry.getValue();
        }
      }
      boolean shuffled = missing == 0 && again == 0 && strange == 0;
      lost += missing;
      duplicated += again;
      invented += strange;
      reordered += shuffled ? 1 : 0;
      where.add(
          place.kind().topic()
              + " of "
              + place.key()
              + ": "
              + expected.size()
              + " expected, "
              + seen.size()
              + " seen, "
              + missing
              + " lost, "
              + again
              + " duplicated, "
              + strange
              + " that should not be there"
              + (shuffled ? ", in another order" : "")
              + ", first at "
              + firstDifference(expected, seen));
    }
    return new Difference(lost, duplicated, invented, reordered, List.copyOf(where));
  }

  /** The index of the first value that is not the expected one. */
  static int firstDifference(List<ByteBuffer> expected, List<ByteBuffer> seen) {
    int i = 0;
    while (i < expected.size() && i < seen.size() && expected.get(i).equals(seen.get(i))) {
      i++;
    }
    return i;
  }
}
