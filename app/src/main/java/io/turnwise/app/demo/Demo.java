package io.turnwise.app.demo;

import io.turnwise.app.CommandFailed;
import io.turnwise.app.StopSignal;
import io.turnwise.app.broker.EmbeddedBroker;
import io.turnwise.app.broker.Topics;
import io.turnwise.app.connect.Connection;
import io.turnwise.app.play.CallPlayer;
import io.turnwise.app.play.Recording;
import io.turnwise.app.play.Speed;
import io.turnwise.app.tracking.FaultBudget;
import io.turnwise.app.tracking.Tracking;
import io.turnwise.app.tracking.TrackingApplication;
import io.turnwise.app.view.ChangeView;
import io.turnwise.app.view.TopicFeed;
import io.turnwise.avro.DeadLetter;
import io.turnwise.avro.SpeakerChange;
import io.turnwise.inference.model.Model;
import io.turnwise.topology.TurnwiseSettings;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.streams.StreamsConfig;

/**
 * Everything a cluster has, in one process for one play: a broker, the topics, the topology, the
 * calls. All of it is gone when {@link #play} returns, however it returns.
 *
 * @param recordings the calls, played side by side
 * @param model the model that embeds
 * @param settings the topology's settings
 * @param registryUrl the schema registry
 * @param speed how fast the calls are played
 */
record Demo(
    List<Recording> recordings,
    Model model,
    TurnwiseSettings settings,
    String registryUrl,
    Speed speed) {
  private static final String APPLICATION = "turnwise-demo";
  private static final Duration LOOK = Duration.ofMillis(50);
  private static final long STALL_SECONDS = 120;
  private static final int MOST_PARTITIONS = 16;

  /**
   * Plays the calls and shows each change as it comes, until the last is out.
   *
   * @param stop ends the play early
   * @throws CommandFailed if the topology fails or stands still
   */
  PlaySummary play(ChangeView view, StopSignal stop) throws IOException {
    try (TemporaryFolder folder = TemporaryFolder.create();
        TrackingApplication application = TrackingApplication.open(settings, model);
        EmbeddedBroker broker = EmbeddedBroker.start(folder.resolve("broker"));
        Admin admin = Admin.create(Map.of(Connection.BOOTSTRAP, broker.bootstrapServers()))) {
      int partitions = partitions();
      Topics.of(settings, partitions).createMissing(admin);
      Map<String, String> clients =
          Map.of(Connection.BOOTSTRAP, broker.bootstrapServers(), Connection.REGISTRY, registryUrl);
      try (CallPlayer player = new CallPlayer(settings.audioChunks(), clients);
          TopicFeed<SpeakerChange> changes =
              TopicFeed.open(
                  settings.speakerChanges(), SpeakerChange.class, clients, true, Demo::fail);
          Tracking tracking =
              application.start(streamsSettings(clients, folder, partitions), FaultBudget.none())) {
        Play play = new Play(tracking, changes, view, stop);
        play.run(player, admin, partitions);
        return play.summary(stop.requested() ? 0 : deadLetters(clients));
      }
    }
  }

  private int partitions() {
    int channels = recordings.size();
    return channels == 1 ? 1 : Math.min(MOST_PARTITIONS, 2 * channels);
  }

  private static Map<String, String> streamsSettings(
      Map<String, String> clients, TemporaryFolder folder, int partitions) {
    int threads = Math.min(Runtime.getRuntime().availableProcessors(), partitions);
    Map<String, String> settings = new HashMap<>(clients);
    settings.put(StreamsConfig.APPLICATION_ID_CONFIG, APPLICATION);
    settings.put(StreamsConfig.STATE_DIR_CONFIG, folder.resolve("state").toString());
    settings.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, Integer.toString(threads));
    return settings;
  }

  private static void fail(String sentence) {
    throw new CommandFailed(sentence);
  }

  private long deadLetters(Map<String, String> clients) {
    long count = 0;
    try (TopicFeed<DeadLetter> letters =
        TopicFeed.open(settings.deadLetters(), DeadLetter.class, clients, true, Demo::fail)) {
      for (int read = letters.poll(LOOK).size(); read > 0; read = letters.poll(LOOK).size()) {
        count += read;
      }
    }
    return count;
  }

  /** One play under way: what has been seen of it so far. */
  private final class Play {
    private final Tracking tracking;
    private final TopicFeed<SpeakerChange> changes;
    private final ChangeView view;
    private final StopSignal stop;
    private final AtomicBoolean abandoned = new AtomicBoolean();
    private final DelayLog delays = new DelayLog();
    private long begin;
    private long end;
    private Instant start;
    private int events;

    Play(Tracking tracking, TopicFeed<SpeakerChange> changes, ChangeView view, StopSignal stop) {
      this.tracking = tracking;
      this.changes = changes;
      this.view = view;
      this.stop = stop;
    }

    void run(CallPlayer player, Admin admin, int partitions) {
      // Live audio does not wait for anybody, but a measured delay shall not hold the start-up.
      while (!speed.unlimited() && !tracking.running() && !stop.await(LOOK.toMillis())) {
        checkTracking();
      }
      begin = System.nanoTime();
      start = Instant.now();
      CompletableFuture<Void> playing =
          CompletableFuture.runAsync(
              () -> player.play(recordings, speed, start, this::isOver),
              task -> new Thread(task, "turnwise-player").start());
      try {
        Optional<Drain> drain = Optional.empty();
        while (!stop.requested()) {
          show(changes.poll(LOOK));
          checkTracking();
          if (drain.isPresent() && isDry(drain.get())) {
            break;
          }
          if (drain.isEmpty() && playing.isDone()) {
            playing.join();
            drain =
                Optional.of(
                    new Drain(
                        admin, APPLICATION, audioPartitions(partitions), changes.partitions()));
          }
        }
        end = System.nanoTime();
      } catch (CompletionException e) {
        throw e.getCause() instanceof RuntimeException cause ? cause : e;
      } finally {
        abandoned.set(true);
        playing.exceptionally(failure -> null).join();
      }
    }

    private boolean isOver() {
      return abandoned.get() || stop.requested();
    }

    private boolean isDry(Drain drain) {
      if (drain.secondsWithoutProgress() > STALL_SECONDS) {
        throw new CommandFailed(
            "The topology has committed nothing for "
                + STALL_SECONDS
                + " s although audio is waiting; please report this.");
      }
      return drain.outputEnds().filter(changes::hasPassed).isPresent();
    }

    private void show(List<SpeakerChange> arrived) {
      for (SpeakerChange change : arrived) {
        view.show(change);
        events++;
        if (!speed.unlimited()) {
          double captured = Duration.between(start, change.getCapturedAt()).toMillis() / 1000.0;
          delays.add((System.nanoTime() - begin - speed.nanosUntil(captured)) / 1_000_000);
        }
      }
    }

    private void checkTracking() {
      tracking
          .failure()
          .ifPresent(
              fault -> {
                throw new CommandFailed("The topology has failed: " + rootOf(fault), fault);
              });
    }

    PlaySummary summary(long deadLetters) {
      double audio =
          recordings.stream()
              .mapToDouble(recording -> recording.seconds() * recording.audio().channels())
              .sum();
      return new PlaySummary(audio, (end - begin) / 1e9, events, deadLetters, delays);
    }

    private List<TopicPartition> audioPartitions(int partitions) {
      return IntStream.range(0, partitions)
          .mapToObj(partition -> new TopicPartition(settings.audioChunks(), partition))
          .toList();
    }
  }

  private static Throwable rootOf(Throwable fault) {
    Throwable root = fault;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return root;
  }
}
