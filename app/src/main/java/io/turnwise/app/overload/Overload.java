package io.turnwise.app.overload;

import io.turnwise.app.CommandFailed;
import io.turnwise.app.broker.Topics;
import io.turnwise.app.check.ResidentMemory;
import io.turnwise.app.connect.Connection;
import io.turnwise.app.demo.TemporaryFolder;
import io.turnwise.app.health.Management;
import io.turnwise.app.tracking.FaultBudget;
import io.turnwise.app.tracking.Tracking;
import io.turnwise.app.tracking.TrackingApplication;
import io.turnwise.app.view.TopicFeed;
import io.turnwise.avro.SpeakerChange;
import io.turnwise.inference.audio.WavFile;
import io.turnwise.inference.model.Model;
import io.turnwise.serdes.SpeakerTimeline;
import io.turnwise.topology.StageMetrics;
import io.turnwise.topology.TurnwiseSettings;
import io.turnwise.topology.shed.Shedding;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.streams.StreamsConfig;

/** The application of this process under more load than it can carry, on a broker beside it. */
final class Overload implements AutoCloseable {
  private static final String APPLICATION = "turnwise-overload";
  private static final Duration LOOK = Duration.ofSeconds(1);
  private static final Duration FRESH = Duration.ofSeconds(3);
  private static final long NO_LAG_MILLIS = 1500;
  private static final long PATIENCE_SECONDS = 600;
  private static final int THREADS = Runtime.getRuntime().availableProcessors();

  private final Model model;
  private final WavFile audio;
  private final BooleanSupplier stopping;
  private final TemporaryFolder folder;
  private final BrokerProcess broker;
  private int runs;
  private int speakers;

  /** The application in one of its settings, with calls to play at it. */
  private final class Running implements AutoCloseable {
    private final TurnwiseSettings settings;
    private final Management management;
    private final Tracking tracking;
    private final Crowd crowd;
    private final TopicFeed<SpeakerChange> feed;
    private final Map<String, SpeakerTimeline> timelines = new HashMap<>();
    private final Set<String> ended = new HashSet<>();
    private final Deque<Runnable> closes = new ArrayDeque<>();
    private final boolean follows;
    private final String prefix = "run" + runs++ + "-";

    /**
     * @param follows whether it is looked at who speaks
     */
    Running(Shedding shedding, boolean follows) {
      this.follows = follows;
      Map<String, String> properties = new HashMap<>();
      properties.put(Connection.BOOTSTRAP, broker.bootstrapServers());
      properties.put(Connection.REGISTRY, "mock://overload");
      properties.put(StreamsConfig.APPLICATION_ID_CONFIG, APPLICATION);
      properties.put(StreamsConfig.STATE_DIR_CONFIG, folder.resolve(prefix + "state").toString());
      properties.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, Integer.toString(THREADS));
      properties.put(TurnwiseSettings.MANAGEMENT_PORT, "0");
      properties.put(TurnwiseSettings.SHED, shedding.toString());
      settings = TurnwiseSettings.of(properties);
      Map<String, String> clients =
          Map.of(
              Connection.BOOTSTRAP,
              broker.bootstrapServers(),
              Connection.REGISTRY,
              "mock://overload");
      try {
        TrackingApplication application = TrackingApplication.open(settings, model);
        closes.push(application::close);
        management = Management.open(settings, stopping);
        closes.push(management::close);
        tracking = application.start(properties, FaultBudget.none());
        closes.push(tracking::close);
        management.watch(tracking, properties, settings.audioChunks());
        crowd = Crowd.open(settings.audioChunks(), audio, prefix, clients);
        closes.push(crowd::close);
        feed =
            TopicFeed.open(
                settings.speakerChanges(),
                SpeakerChange.class,
                clients,
                false,
                sentence -> {
                  throw new CommandFailed(sentence);
                });
        closes.push(feed::close);
        await(tracking::running, "started");
      } catch (RuntimeException e) {
        try {
          close();
        } catch (RuntimeException closing) {
          e.addSuppressed(closing);
        }
        throw e;
      }
    }

    void await(BooleanSupplier condition, String what) {
      long deadline = System.nanoTime() + Duration.ofSeconds(PATIENCE_SECONDS).toNanos();
      while (!condition.getAsBoolean()) {
        look(Duration.ofMillis(100));
        if (System.nanoTime() > deadline) {
          throw new CommandFailed("Not " + what + " within " + PATIENCE_SECONDS + " s.");
        }
      }
    }

    /** Takes what comes for some time. */
    void look(Duration time) {
      long until = System.nanoTime() + time.toNanos();
      do {
        look();
      } while (System.nanoTime() < until);
    }

    private void look() {
      if (stopping.getAsBoolean()) {
        throw new CommandFailed("Stopped before the end.");
      }
      tracking
          .failure()
          .ifPresent(
              fault -> {
                throw new CommandFailed("The topology has failed: " + fault, fault);
              });
      crowd.check();
      ended.addAll(follows ? crowd.ended() : List.of());
      for (SpeakerChange change : feed.poll(Duration.ofMillis(50))) {
        // Calls that an earlier run cut off are flushed in a later one.
        if (follows && change.getCall().startsWith(prefix)) {
          timelines.computeIfAbsent(change.getCall(), SpeakerTimeline::new).apply(change);
        }
      }
    }

    long lag() {
      return management.lagMillis().orElse(0L);
    }

    boolean caughtUp() {
      return management.lagMillis().filter(millis -> millis < NO_LAG_MILLIS).isPresent();
    }

    long counted(String... names) {
      Set<String> wanted = Set.of(names);
      return tracking.metrics().entrySet().stream()
          .filter(metric -> metric.getKey().group().equals(StageMetrics.GROUP))
          .filter(metric -> "embed".equals(metric.getKey().tags().get("stage")))
          .filter(metric -> wanted.contains(metric.getKey().name()))
          .mapToLong(metric -> ((Number) metric.getValue().metricValue()).longValue())
          .sum();
    }

    int speakersOf(String call) {
      Set<String> found = new HashSet<>();
      if (timelines.containsKey(call)) {
        timelines.get(call).intervals(0).forEach(interval -> found.add(interval.speaker()));
      }
      found.remove("");
      return found.size();
    }

    @Override
    public void close() {
      if (!closes.isEmpty()) {
        try {
          closes.pop().run();
        } finally {
          close();
        }
      }
    }
  }

  private Overload(
      Model model,
      WavFile audio,
      BooleanSupplier stopping,
      TemporaryFolder folder,
      BrokerProcess broker) {
    this.model = model;
    this.audio = audio;
    this.stopping = stopping;
    this.folder = folder;
    this.broker = broker;
  }

  /**
   * Starts a broker and creates the topics there.
   *
   * @param stopping whether the process was told to end
   */
  static Overload open(Model model, WavFile audio, BooleanSupplier stopping) throws IOException {
    return open(model, audio, stopping, Topics.of(TurnwiseSettings.of(Map.of()), 4 * THREADS));
  }

  static Overload open(Model model, WavFile audio, BooleanSupplier stopping, Topics topics)
      throws IOException {
    TemporaryFolder folder = TemporaryFolder.create();
    try {
      return new Overload(model, audio, stopping, folder, broker(folder, topics));
    } catch (IOException | RuntimeException e) {
      folder.close();
      throw e;
    }
  }

  private static BrokerProcess broker(TemporaryFolder folder, Topics topics) throws IOException {
    BrokerProcess broker = BrokerProcess.start(folder.resolve("broker"));
    try (Admin admin = Admin.create(Map.of(Connection.BOOTSTRAP, broker.bootstrapServers()))) {
      topics.createMissing(admin);
      return broker;
    } catch (RuntimeException e) {
      broker.close();
      throw e;
    }
  }

  /**
   * Plays calls as fast as they are processed, and remembers how many speakers are in one.
   *
   * @return live channels that this machine carries, the broker and the callers on it
   */
  double capacity(int calls) {
    try (Running running = new Running(Shedding.NONE, true)) {
      // As many once before: what runs for long is faster than what has just begun.
      running.crowd.rush(calls);
      // Until it has been looked at again how far behind it is.
      running.look(FRESH);
      running.await(() -> processed(running, calls), "warm");
      long begin = System.nanoTime();
      running.crowd.rush(calls);
      running.look(FRESH);
      running.await(() -> processed(running, 2 * calls), "done with " + calls + " calls");
      double seconds = (System.nanoTime() - begin) / 1e9;
      running.look(LOOK);
      speakers = running.ended.stream().mapToInt(running::speakersOf).max().orElse(0);
      return calls * (double) audio.frames() / audio.sampleRate() / seconds;
    }
  }

  private static boolean processed(Running running, int calls) {
    return running.ended.size() == calls && running.management.lagMillis().equals(zero());
  }

  private static Optional<Long> zero() {
    return Optional.of(0L);
  }

  /** How many speakers were found in a call without load. */
  int speakers() {
    return speakers;
  }

  /**
   * Keeps so many calls going for some time.
   *
   * @param recovers whether it is waited until it is no longer behind, with a third of the calls
   */
  Phase load(Shedding shedding, int channels, int percent, int seconds, boolean recovers) {
    List<Long> lag = new ArrayList<>();
    List<Long> resident = new ArrayList<>();
    boolean degraded = false;
    try (Running running = new Running(shedding, recovers)) {
      running.crowd.be(channels);
      running.crowd.start();
      long begin = System.nanoTime();
      for (int second = 1; second <= seconds; second++) {
        long until = begin + LOOK.toNanos() * second;
        while (System.nanoTime() < until) {
          running.look(Duration.ofMillis(100));
        }
        lag.add(running.lag());
        ResidentMemory.bytes().ifPresent(resident::add);
        degraded |= running.management.degraded();
      }
      double recovery = Double.NaN;
      List<Integer> found = new ArrayList<>();
      if (recovers) {
        long fewer = System.nanoTime();
        running.crowd.be(Math.max(1, channels / 3));
        running.await(running::caughtUp, "caught up");
        recovery = (System.nanoTime() - fewer) / 1e9;
        Set<String> done = Set.copyOf(running.ended);
        running.look(FRESH);
        done.forEach(call -> found.add(running.speakersOf(call)));
      }
      return new Phase(
          shedding.toString(),
          channels,
          percent,
          seconds,
          lag,
          resident,
          degraded,
          recovery,
          running.counted("embeddings-total"),
          running.counted("shed-hop-total", "shed-silence-total"),
          speakers,
          found);
    }
  }

  @Override
  public void close() throws IOException {
    broker.close();
    folder.close();
  }
}
