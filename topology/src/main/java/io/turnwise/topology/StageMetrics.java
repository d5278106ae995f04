package io.turnwise.topology;

import java.util.Map;
import java.util.TreeMap;
import java.util.function.DoubleSupplier;
import org.apache.kafka.common.MetricName;
import org.apache.kafka.common.metrics.MeasurableStat;
import org.apache.kafka.common.metrics.MetricConfig;
import org.apache.kafka.common.metrics.Sensor;
import org.apache.kafka.common.metrics.stats.CumulativeCount;
import org.apache.kafka.streams.processor.TaskId;
import org.apache.kafka.streams.processor.api.ProcessingContext;

/**
 * Counters and gauges of one stage in one task: Kafka metrics of group {@code turnwise-metrics}
 * with the tags {@code stage} and {@code task-id}, visible wherever the Streams client's own
 * metrics are.
 */
public final class StageMetrics {
  public static final String GROUP = "turnwise-metrics";

  /** The gauge that says how far, in record time, the first stage has come. */
  public static final String REACHED = "reached-timestamp";

  private final ProcessingContext context;
  private final String stage;
  private final Map<String, Sensor> sensors = new TreeMap<>();

  public StageMetrics(ProcessingContext context, String stage) {
    this.context = context;
    this.stage = stage;
  }

  /** A counter that starts at zero when the task does. */
  public Sensor counter(String name, String description) {
    return sensors.computeIfAbsent(
        name, key -> register(key, description, Map.of(), new CumulativeCount()));
  }

  /**
   * A value that is asked for whenever the metrics are read.
   *
   * @param tags more tags than every metric has
   */
  public void gauge(
      String name, String description, Map<String, String> tags, DoubleSupplier value) {
    sensors.computeIfAbsent(name, key -> register(key, description, tags, new Asked(value)));
  }

  private Sensor register(
      String name, String description, Map<String, String> tags, MeasurableStat stat) {
    TaskId task = context.taskId();
    Sensor sensor =
        context
            .metrics()
            .addSensor("turnwise." + stage + "." + task + "." + name, Sensor.RecordingLevel.INFO);
    Map<String, String> all = new TreeMap<>(tags);
    all.put("stage", stage);
    all.put("task-id", task.toString());
    sensor.add(new MetricName(name, GROUP, description, all), stat);
    return sensor;
  }

  /** Removes them all; called when the task closes. */
  public void close() {
    sensors.values().forEach(context.metrics()::removeSensor);
    sensors.clear();
  }

  /** Sensors take no gauges, only stats; nothing is ever recorded in this one. */
  private record Asked(DoubleSupplier value) implements MeasurableStat {
    @Override
    public double measure(MetricConfig config, long now) {
      return value.getAsDouble();
    }

    @Override
    public void record(MetricConfig config, double recorded, long timeMs) {
      throw new UnsupportedOperationException("a gauge is asked, not recorded");
    }
  }
}
