package io.turnwise.app.health;

import io.turnwise.app.check.ResidentMemory;
import io.turnwise.app.health.PrometheusText.Type;
import io.turnwise.topology.StageMetrics;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.MetricName;
import org.apache.kafka.streams.KafkaStreams.State;

/** The page that Prometheus reads: health, lag, the stages' counters and the process's memory. */
final class MetricsPage {
  private MetricsPage() {}

  /**
   * @param kafka the metrics of the Streams client; only the stages' own are shown
   */
  static String of(Health health, Map<MetricName, ? extends Metric> kafka) {
    PrometheusText page = new PrometheusText();
    Condition condition = health.condition();
    page.gauge("turnwise_live", "1 unless a restart is needed.", number(health.live()));
    page.gauge("turnwise_ready", "1 while records are processed.", number(health.ready()));
    page.gauge("turnwise_started", "1 once records could be processed.", number(health.started()));
    page.gauge(
        "turnwise_degraded",
        "1 while it has been too far behind for too long.",
        number(condition.degraded()));
    condition.streams().ifPresent(streams -> threads(page, streams));
    condition.lag().ifPresent(lag -> lag(page, lag));
    kafka.forEach((name, metric) -> stage(page, name, metric));
    process(page);
    return page.toString();
  }

  private static double number(boolean is) {
    return is ? 1 : 0;
  }

  private static void threads(PrometheusText page, Condition.Streams streams) {
    for (State state : State.values()) {
      page.sample(
          Type.GAUGE,
          "turnwise_streams_state",
          "1 for the state the Streams client is in.",
          Map.of("state", state.name()),
          number(state == streams.state()));
    }
    streams
        .threads()
        .forEach(
            (state, count) ->
                page.sample(
                    Type.GAUGE,
                    "turnwise_stream_threads",
                    "Stream threads by state.",
                    Map.of("state", state),
                    count));
    page.sample(
        Type.GAUGE,
        "turnwise_tasks",
        "Partitions of the input worked on, and those kept warm for others.",
        Map.of("kind", "active"),
        streams.active());
    page.sample(Type.GAUGE, "turnwise_tasks", "", Map.of("kind", "standby"), streams.standby());
    page.sample(
        Type.COUNTER,
        "turnwise_thread_faults_total",
        "Stream threads that have failed.",
        Map.of(),
        streams.faults().total());
    page.gauge(
        "turnwise_thread_faults_recent",
        "Of these, within the window of the budget.",
        streams.faults().recent());
    page.gauge(
        "turnwise_thread_faults_borne",
        "How many are borne within that window.",
        streams.faults().borne());
  }

  private static void lag(PrometheusText page, Lag lag) {
    lag.partitions()
        .forEach(
            (partition, behind) -> {
              Map<String, String> labels = Map.of("partition", Integer.toString(partition));
              page.sample(
                  Type.GAUGE,
                  "turnwise_lag_records",
                  "Records of the input not processed and committed yet.",
                  labels,
                  behind.records());
              page.sample(
                  Type.GAUGE,
                  "turnwise_lag_seconds",
                  "Seconds since the first of them was appended.",
                  labels,
                  behind.millis() / 1000.0);
            });
  }

  private static void stage(PrometheusText page, MetricName name, Metric metric) {
    if (!name.group().equals(StageMetrics.GROUP)
        || !(metric.metricValue() instanceof Number value)) {
      return;
    }
    Map<String, String> labels = new TreeMap<>();
    name.tags().forEach((tag, text) -> labels.put(tag.replace('-', '_'), text));
    String stage = labels.remove("stage");
    page.sample(
        name.name().endsWith("-total") ? Type.COUNTER : Type.GAUGE,
        ("turnwise_" + stage + "_" + name.name()).replace('-', '_'),
        name.description(),
        labels,
        value.doubleValue());
  }

  private static void process(PrometheusText page) {
    ResidentMemory.bytes()
        .ifPresent(
            bytes ->
                page.gauge(
                    "process_resident_memory_bytes",
                    "Memory the process holds, native memory included.",
                    bytes));
    MemoryMXBean memory = ManagementFactory.getMemoryMXBean();
    page.gauge("jvm_heap_used_bytes", "Heap in use.", memory.getHeapMemoryUsage().getUsed());
    page.gauge("jvm_heap_max_bytes", "Heap at most.", memory.getHeapMemoryUsage().getMax());
    page.gauge(
        "jvm_threads", "Threads of the JVM.", ManagementFactory.getThreadMXBean().getThreadCount());
    for (GarbageCollectorMXBean collector : ManagementFactory.getGarbageCollectorMXBeans()) {
      Map<String, String> labels = Map.of("collector", collector.getName());
      page.sample(
          Type.COUNTER,
          "jvm_gc_seconds_total",
          "Seconds spent collecting garbage.",
          labels,
          collector.getCollectionTime() / 1000.0);
    }
    page.sample(
        Type.COUNTER,
        "process_cpu_seconds_total",
        "Processor time of all threads.",
        Map.of(),
        cpuNanos() / 1e9);
    page.gauge(
        "process_start_time_seconds",
        "When the process started, seconds since the epoch.",
        ManagementFactory.getRuntimeMXBean().getStartTime() / 1000.0);
  }

  private static long cpuNanos() {
    return ManagementFactory.getOperatingSystemMXBean()
            instanceof com.sun.management.OperatingSystemMXBean system
        ? system.getProcessCpuTime()
        : 0;
  }
}
