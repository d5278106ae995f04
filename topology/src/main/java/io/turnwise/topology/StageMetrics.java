package io.turnwise.topology;

import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.common.MetricName;
import org.apache.kafka.common.metrics.Sensor;
import org.apache.kafka.common.metrics.stats.CumulativeCount;
import org.apache.kafka.streams.processor.TaskId;
import org.apache.kafka.streams.processor.api.ProcessingContext;

/**
 * Counters of one stage in one task: Kafka metrics of group {@code turnwise-metrics} with the tags
 * {@code stage} and {@code task-id}, visible wherever the Streams client's own metrics are.
 */
public final class StageMetrics {
  public static final String GROUP = "turnwise-metrics";

  private final ProcessingContext context;
  private final String stage;
  private final Map<String, Sensor> sensors = new TreeMap<>();

  public StageMetrics(ProcessingContext context, String stage) {
    this.context = context;
    this.stage = stage;
  }

  /** A counter that starts at zero when the task does. */
  public Sensor counter(String name, String description) {
    return sensors.computeIfAbsent(name, key -> register(key, description));
  }

  private Sensor register(String name, String description) {
    TaskId task = context.taskId();
    Sensor sensor =
        context
            .metrics()
            .addSensor("turnwise." + stage + "." + task + "." + name, Sensor.RecordingLevel.INFO);
    sensor.add(
        new MetricName(
            name, GROUP, description, Map.of("stage", stage, "task-id", task.toString())),
        new CumulativeCount());
    return sensor;
  }

  /** Removes the counters; called when the task closes. */
  public void close() {
    sensors.values().forEach(context.metrics()::removeSensor);
    sensors.clear();
  }
}
