package io.turnwise.app.health;

import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * Samples in Prometheus's text format, version 0.0.4, families together and in order of their
 * names. Not thread-safe.
 *
 * @see <a href="https://prometheus.io/docs/instrumenting/exposition_formats/">the format</a>
 */
final class PrometheusText {
  static final String CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

  private static final Pattern NAME = Pattern.compile("[a-zA-Z_:][a-zA-Z0-9_:]*");

  private final SortedMap<String, StringBuilder> families = new TreeMap<>();

  /** What a sample is to Prometheus. */
  enum Type {
    COUNTER,
    GAUGE;

    @Override
    public String toString() {
      return this == COUNTER ? "counter" : "gauge";
    }
  }

  PrometheusText gauge(String name, String help, double value) {
    return sample(Type.GAUGE, name, help, Map.of(), value);
  }

  PrometheusText sample(
      Type type, String name, String help, Map<String, String> labels, double value) {
    StringBuilder family =
        families.computeIfAbsent(
            checked(name),
            key ->
                new StringBuilder()
                    .append("# HELP ")
                    .append(key)
                    .append(' ')
                    .append(help.replace("\\", "\\\\").replace("\n", "\\n"))
                    .append("\n# TYPE ")
                    .append(key)
                    .append(' ')
                    .append(type)
                    .append('\n'));
    family.append(name);
    char before = '{';
    for (Map.Entry<String, String> label : new TreeMap<>(labels).entrySet()) {
      family
          .append(before)
          .append(checked(label.getKey()))
          .append("=\"")
          .append(label.getValue().replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n"))
          .append('"');
      before = ',';
    }
    family.append(labels.isEmpty() ? "" : "}").append(' ').append(number(value)).append('\n');
    return this;
  }

  private static String checked(String name) {
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException("name: '" + name + "' is no name to Prometheus");
    }
    return name;
  }

  private static String number(double value) {
    if (Double.isInfinite(value)) {
      return value > 0 ? "+Inf" : "-Inf";
    }
    return value == Math.rint(value) && Math.abs(value) < 1L << 53
        ? Long.toString((long) value)
        : Double.toString(value);
  }

  @Override
  public String toString() {
    return String.join("", families.values());
  }
}
