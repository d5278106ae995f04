package io.turnwise.app.evaluate;

import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Settings that are tried: values by key, over those that stay as they are. Ordered by its text.
 *
 * @param values may be empty: everything stays as it is
 */
record Candidate(SortedMap<String, String> values) implements Comparable<Candidate> {
  /** Everything stays as it is. */
  static final Candidate UNCHANGED = new Candidate(new TreeMap<>());

  Candidate {
    values = Collections.unmodifiableSortedMap(new TreeMap<>(values));
  }

  /** This one with one more value, or with another. */
  Candidate with(String key, String value) {
    SortedMap<String, String> more = new TreeMap<>(values);
    more.put(key, value);
    return new Candidate(more);
  }

  /** All settings: those that stay and these. */
  SortedMap<String, String> over(Map<String, String> others) {
    SortedMap<String, String> all = new TreeMap<>(others);
    all.putAll(values);
    return all;
  }

  @Override
  public int compareTo(Candidate other) {
    return toString().compareTo(other.toString());
  }

  /** {@code key=value}, one after the other; {@code unchanged} where there is none. */
  @Override
  public String toString() {
    return values.isEmpty()
        ? "unchanged"
        : values.entrySet().stream()
            .map(entry -> entry.getKey() + "=" + entry.getValue())
            .collect(Collectors.joining(" "));
  }
}
