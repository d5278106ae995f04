package io.turnwise.app.health;

import io.turnwise.app.CommandFailed;
import io.turnwise.app.health.Condition.Outage;
import io.turnwise.app.health.Condition.Phase;
import io.turnwise.app.health.ManagementServer.Answer;
import io.turnwise.app.tracking.SteadyTime;
import io.turnwise.app.tracking.Tracking;
import io.turnwise.topology.StageMetrics;
import io.turnwise.topology.TurnwiseSettings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.MetricName;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.streams.KafkaStreams.State;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.TaskMetadata;
import org.apache.kafka.streams.ThreadMetadata;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Health and metrics of a running application, over HTTP: {@code /health}, {@code /health/live},
 * {@code /health/ready}, {@code /health/startup} and {@code /metrics}. They hold no audio, no
 * embeddings and no names. Thread-safe; closed by its opener after what it watches.
 */
public final class Management implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Management.class);
  private static final long LOOK_MILLIS = 1000;
  private static final long REGISTRY_MILLIS = 10_000;
  private static final Duration OUTAGE = Duration.ofSeconds(10);

  private final TurnwiseSettings settings;
  private final BooleanSupplier stopping;
  private final SteadyTime time = SteadyTime.start();
  private final ScheduledExecutorService watches;
  private final List<AutoCloseable> owned = new ArrayList<>();
  private final Degradation degradation;
  private volatile Optional<Tracking> tracking = Optional.empty();
  private volatile long silenceBorneMillis = Long.MAX_VALUE;
  private volatile boolean started;
  private volatile Optional<Lag> lag = Optional.empty();
  private volatile boolean degraded;
  private volatile Optional<Outage> brokerOutage = Optional.empty();
  private volatile Optional<Outage> registryOutage = Optional.empty();
  private long lastAnswer;

  private Management(TurnwiseSettings settings, BooleanSupplier stopping) {
    this.settings = settings;
    this.stopping = stopping;
    this.degradation =
        new Degradation(settings.degradedLagMillis(), settings.degradedAfterMillis());
    this.watches =
        Executors.newScheduledThreadPool(
            2,
            task -> {
              Thread thread = new Thread(task, "turnwise-watch");
              thread.setDaemon(true);
              return thread;
            });
  }

  /**
   * Listens from now on, where the settings name a port.
   *
   * @param stopping whether the process was told to end
   * @throws CommandFailed if the address cannot be listened on
   */
  public static Management open(TurnwiseSettings settings, BooleanSupplier stopping) {
    Management management = new Management(settings, stopping);
    if (settings.managementPort() != 0) {
      ManagementServer server = listen(settings, management.pages());
      management.owned.add(server);
      log.info(
          "health and metrics at http://{}:{}",
          server.address().getHostString(),
          server.address().getPort());
    }
    return management;
  }

  /** Listens where the settings say; only to this machine where they do not say. */
  static ManagementServer listen(TurnwiseSettings settings, Map<String, Supplier<Answer>> pages) {
    String host = settings.managementHost();
    int port = settings.managementPort();
    try {
      InetAddress address = InetAddress.getByName(host);
      try {
        return ManagementServer.start(new InetSocketAddress(address, port), pages);
      } catch (IOException e) {
        if (settings.managementPortGiven()) {
          throw e;
        }
        log.warn("port {} for health and metrics is taken; taking a free one", port);
        return ManagementServer.start(new InetSocketAddress(address, 0), pages);
      }
    } catch (UnknownHostException e) {
      throw new CommandFailed(
          TurnwiseSettings.MANAGEMENT_HOST + ": " + host + " is no address of this machine.", e);
    } catch (IOException e) {
      throw new CommandFailed(
          "Health and metrics cannot be served at "
              + host
              + ":"
              + port
              + " ("
              + e.getMessage()
              + "); set "
              + TurnwiseSettings.MANAGEMENT_HOST
              + " and "
              + TurnwiseSettings.MANAGEMENT_PORT
              + ", or the port to 0 for none.",
          e);
    }
  }

  /**
   * Watches what has been started.
   *
   * @param tracked stays the caller's
   * @param properties those it was started with
   * @param input the topic it reads
   */
  public void watch(Tracking tracked, Map<String, String> properties, String input) {
    silenceBorneMillis = 2 * maxPollInterval(properties);
    tracking = Optional.of(tracked);
    lastAnswer = time.nanoseconds();
    LagWatch lags = new LagWatch(properties, time);
    RegistryWatch registry = new RegistryWatch(properties);
    owned.add(0, lags);
    owned.add(0, registry);
    watches.scheduleWithFixedDelay(
        () -> lookAtLag(lags, input), 0, LOOK_MILLIS, TimeUnit.MILLISECONDS);
    watches.scheduleWithFixedDelay(
        () -> registryOutage = registry.look().map(sentence -> new Outage(sentence, false)),
        0,
        REGISTRY_MILLIS,
        TimeUnit.MILLISECONDS);
  }

  private static long maxPollInterval(Map<String, String> properties) {
    for (String key :
        List.of(
            StreamsConfig.mainConsumerPrefix(ConsumerConfig.MAX_POLL_INTERVAL_MS_CONFIG),
            StreamsConfig.consumerPrefix(ConsumerConfig.MAX_POLL_INTERVAL_MS_CONFIG),
            ConsumerConfig.MAX_POLL_INTERVAL_MS_CONFIG)) {
      if (properties.containsKey(key)) {
        return Long.parseLong(properties.get(key).trim());
      }
    }
    return Duration.ofMinutes(5).toMillis();
  }

  /** How far it is behind; empty before the first look. */
  public Optional<Long> lagMillis() {
    return lag.map(Lag::millis);
  }

  /** Whether it has been too far behind for too long. */
  public boolean degraded() {
    return degraded;
  }

  private void lookAtLag(LagWatch lags, String input) {
    started |= tracking.map(Tracking::running).orElse(false);
    try {
      Lag seen = lags.look(reached(input));
      lastAnswer = time.nanoseconds();
      brokerOutage = Optional.empty();
      lag = Optional.of(seen);
      boolean now = degradation.look(time.nanoseconds() / 1_000_000, seen.millis());
      if (now != degraded) {
        log.warn(
            "{}: {} ms behind, {} records",
            now ? "degraded" : "no longer degraded",
            seen.millis(),
            seen.records());
      }
      degraded = now;
    } catch (ExecutionException | TimeoutException | RuntimeException e) {
      long silent = time.nanoseconds() - lastAnswer;
      if (silent > OUTAGE.toNanos()) {
        Throwable why = e instanceof ExecutionException ? e.getCause() : e;
        String sentence =
            "Kafka has not answered for "
                + TimeUnit.NANOSECONDS.toSeconds(silent)
                + " s: "
                + why.getClass().getSimpleName();
        brokerOutage = Optional.of(new Outage(sentence, true));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Timestamps of the latest records taken in, of the partitions this instance has. */
  private Map<TopicPartition, Double> reached(String input) {
    Map<String, Double> byTask = new HashMap<>();
    tracking
        .orElseThrow()
        .metrics()
        .forEach(
            (name, metric) -> {
              if (name.group().equals(StageMetrics.GROUP)
                  && name.name().equals(StageMetrics.REACHED)
                  && metric.metricValue() instanceof Number value) {
                byTask.put(name.tags().get("task-id"), value.doubleValue());
              }
            });
    Map<TopicPartition, Double> reached = new HashMap<>();
    for (ThreadMetadata thread : tracking.orElseThrow().threads()) {
      for (TaskMetadata task : thread.activeTasks()) {
        task.topicPartitions().stream()
            .filter(partition -> partition.topic().equals(input))
            .forEach(
                partition ->
                    reached.put(
                        partition, byTask.getOrDefault(task.taskId().toString(), Double.NaN)));
      }
    }
    return reached;
  }

  private Map<String, Supplier<Answer>> pages() {
    return pages(
        this::health,
        () -> tracking.<Map<MetricName, ? extends Metric>>map(Tracking::metrics).orElse(Map.of()));
  }

  /** What is answered, by path. */
  static Map<String, Supplier<Answer>> pages(
      Supplier<Health> now, Supplier<Map<MetricName, ? extends Metric>> metrics) {
    return Map.of(
        "/health",
        () -> {
          Health health = now.get();
          return Answer.json(health.ready(), health.json());
        },
        "/health/live",
        () -> probe("live", now.get().dead()),
        "/health/ready",
        () -> probe("ready", now.get().unready()),
        "/health/startup",
        () -> probe("started", now.get().unstarted()),
        "/metrics",
        () ->
            new Answer(200, PrometheusText.CONTENT_TYPE, MetricsPage.of(now.get(), metrics.get())));
  }

  private static Answer probe(String name, List<String> reasons) {
    return Answer.json(reasons.isEmpty(), Health.probe(name, reasons));
  }

  private Health health() {
    started |= tracking.map(Tracking::running).orElse(false);
    List<Outage> outages = new ArrayList<>();
    brokerOutage.ifPresent(outages::add);
    registryOutage.ifPresent(outages::add);
    Phase phase =
        stopping.getAsBoolean()
            ? Phase.STOPPING
            : tracking.isPresent() ? Phase.TRACKING : Phase.OPENING;
    return Health.of(
        new Condition(phase, started, tracking.map(this::streams), lag, degraded, outages));
  }

  private Condition.Streams streams(Tracking tracked) {
    SortedMap<String, Integer> threads = new TreeMap<>();
    int active = 0;
    int standby = 0;
    for (ThreadMetadata thread : tracked.threads()) {
      threads.merge(thread.threadState(), 1, Integer::sum);
      active += thread.activeTasks().size();
      standby += thread.standbyTasks().size();
    }
    State state = tracked.state();
    return new Condition.Streams(
        state,
        threads,
        active,
        standby,
        tracked.faults(),
        tracked.failure().isPresent(),
        silentMillis(tracked),
        silenceBorneMillis);
  }

  private static long silentMillis(Tracking tracked) {
    return tracked.metrics().entrySet().stream()
        .filter(metric -> metric.getKey().name().equals("last-poll-seconds-ago"))
        .filter(
            metric ->
                metric
                    .getKey()
                    .tags()
                    .getOrDefault("client-id", "")
                    .matches(".*-StreamThread-\\d+-consumer"))
        .map(metric -> metric.getValue().metricValue())
        .mapToLong(value -> value instanceof Number seconds ? 1000 * seconds.longValue() : 0)
        .max()
        .orElse(0);
  }

  @Override
  public void close() {
    watches.shutdownNow();
    for (AutoCloseable part : owned) {
      try {
        part.close();
      } catch (Exception e) {
        log.warn("closing {}", part.getClass().getSimpleName(), e);
      }
    }
  }
}
