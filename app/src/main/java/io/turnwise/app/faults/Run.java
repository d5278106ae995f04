package io.turnwise.app.faults;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.apache.kafka.common.TopicPartition;

/**
 * One play of the calls through the application, on topics of its own, with instances of its own:
 * with faults a campaign, without them the run that campaigns are compared with.
 */
final class Run {
  private static final Duration START_PATIENCE = Duration.ofSeconds(120);
  private static final Duration END_PATIENCE = Duration.ofSeconds(60);
  private static final Duration LOOK = Duration.ofMillis(100);
  static final String RUNNING = "State transition from REBALANCING to RUNNING";

  private final Site site;
  private final Path folder;
  private final List<PlannedFault> faults;
  private final BooleanSupplier stop;
  private final Journal journal;
  private final RunTopics topics;
  private final Map<String, Instance> instances = new HashMap<>();
  private final Map<String, SmallDisk> disks = new HashMap<>();
  private final Map<String, Clock> clocks = new HashMap<>();

  /**
   * What a run has put out.
   *
   * @param stuck whether not all was done in time
   * @param gaps all gaps of all calls
   * @param ownEnds how often an instance ended by itself
   * @param wrongEnds instances that ended otherwise than they were told to
   */
  record Outcome(
      Answers answers,
      List<Gaps.Gap> gaps,
      List<DoneFault> faults,
      double seconds,
      boolean stuck,
      int ownEnds,
      List<String> wrongEnds) {}

  private Run(Site site, String name, List<PlannedFault> faults, BooleanSupplier stop) {
    this.site = site;
    this.folder = site.folder().resolve(name);
    this.faults = faults;
    this.stop = stop;
    this.journal = Journal.open(folder.resolve("journal.log"));
    this.topics = new RunTopics(site.brokers().admin(), name);
  }

  /**
   * Plays all calls and waits until everything is out, or nothing more comes.
   *
   * @param name the run's; in the names of its topics
   * @param notes gets what stands in the way of the next run
   * @param stop whether to end before the end
   */
  static Outcome play(
      Site site,
      String name,
      List<PlannedFault> faults,
      Consumer<String> notes,
      BooleanSupplier stop) {
    Run run = new Run(site, name, faults, stop);
    try {
      return run.play();
    } finally {
      try {
        run.close();
      } catch (RuntimeException e) {
        // What came out came out, whatever becomes of the cluster afterwards.
        notes.accept("After " + name + " not all could be made whole: " + e);
      }
    }
  }

  private Outcome play() {
    topics.create();
    site.enrolled().send(topics.registry(), site.brokers().bootstrapServers());
    boolean registryAway =
        faults.stream().anyMatch(fault -> fault.kind() == FaultKind.REGISTRY_DOWN_AT_START);
    boolean scaled = faults.stream().anyMatch(fault -> fault.kind() == FaultKind.SCALED);
    long registryFrom = System.nanoTime();
    if (registryAway) {
      site.registry().kill();
      journal.note("registry killed");
    }
    for (int number = 1; number <= (scaled ? 3 : 2); number++) {
      add("instance-" + number);
    }
    List<Instance> first = scaled ? List.of(instance(1)) : List.of(instance(1), instance(2));
    first.forEach(Instance::start);
    String servers = site.brokers().bootstrapServers();
    try (OutputWatch watch = OutputWatch.open(topics.outputs(), Site.PARTITIONS, servers)) {
      // Without a registry they wait for it, and the play begins meanwhile.
      if (!registryAway) {
        await(
            "the application to run", START_PATIENCE, () -> first.stream().allMatch(Run::running));
      }
      try (Player player = Player.start(site.calls(), site.speed(), topics.audio(), servers)) {
        journal.startAt(player.startNanos());
        journal.note("play begins");
        FaultInjector injector =
            new FaultInjector(site, topics, instances, disks, clocks, journal, stop, registryFrom);
        List<DoneFault> done = new ArrayList<>();
        double playNanos = site.calls().seconds() / site.speed() * 1e9;
        for (PlannedFault fault : faults) {
          long due = player.startNanos() + (long) (fault.at() * playNanos);
          await("a fault's time", START_PATIENCE, () -> System.nanoTime() - due >= 0);
          done.add(
              player.done() && allIsOut(watch) ? DoneFault.tooLate(fault) : injector.inject(fault));
        }
        await("the audio to be sent", Duration.ofSeconds(180), player::done);
        journal.note("all audio is sent");
        // Who was stopped or cut off, and comes back only now, may try to write what others have
        // written: what counts is what is there when all have ended.
        boolean finished = awaitEnd(watch);
        endAll();
        finished &= awaitEnd(watch);
        List<Output> outputs = watch.outputs();
        ArrivedAudio.difference(site.calls(), topics.audio(), servers)
            .ifPresent(other -> journal.note("THE AUDIO IS NOT WHAT WAS SENT: %s", other));
        long lastNanos = outputs.stream().mapToLong(Output::nanos).max().orElse(0);
        DueTimes due = new DueTimes(Calls.CAPTURED, player.startNanos(), site.speed());
        List<Gaps.Gap> gaps = Gaps.of(outputs, due::nanos);
        gaps.stream()
            .max(Comparator.comparingLong(Gaps.Gap::millis))
            .ifPresent(
                gap ->
                    journal.note(
                        "the longest gap is %s's, from %.3f to %.3f",
                        gap.call(),
                        (gap.fromNanos() - player.startNanos()) / 1e9,
                        (gap.toNanos() - player.startNanos()) / 1e9));
        journal.note("%d outputs%s", outputs.size(), finished ? "" : ", STUCK");
        return new Outcome(
            Answers.of(outputs),
            gaps,
            done.stream().map(fault -> fault.among(outputs)).toList(),
            outputs.isEmpty() ? 0 : (lastNanos - player.startNanos()) / 1e9,
            !finished,
            instances.values().stream().mapToInt(Instance::ownEnds).sum(),
            instances.values().stream().flatMap(one -> one.wrongEnds().stream()).toList());
      }
    }
  }

  private Instance instance(int number) {
    return instances.get("instance-" + number);
  }

  private void add(String name) {
    Map<String, String> settings = new HashMap<>(topics.names());
    settings.put("application.id", topics.run());
    settings.put("client.id", name);
    settings.put("bootstrap.servers", site.brokers().bootstrapServers());
    settings.put("schema.registry.url", site.registry().url());
    settings.put("num.standby.replicas", "1");
    settings.put("num.stream.threads", "1");
    // Three brokers on two processors take as long for a commit as the default leaves between two.
    settings.put("commit.interval.ms", "500");
    settings.put("replication.factor", "3");
    Map<String, String> environment = new HashMap<>();
    Path state = folder.resolve(name + "-state");
    if (has(FaultKind.DISK_FULL)) {
      disks.put(name, SmallDisk.mounted(state));
    }
    if (has(FaultKind.CLOCK_JUMPED)) {
      Clock clock = Clock.right(folder.resolve(name + "-clock"));
      clocks.put(name, clock);
      environment.putAll(clock.environment());
    }
    settings.put("state.dir", state.toAbsolutePath().toString());
    instances.put(
        name,
        new Instance(
            name,
            site.children(),
            site.java(),
            site.hostOf(name),
            folder,
            settings,
            environment,
            journal));
  }

  private boolean has(FaultKind kind) {
    return faults.stream().anyMatch(fault -> fault.kind() == kind);
  }

  /** Whether it says that all its threads work. */
  static boolean running(Instance instance) {
    return instance.printed().contains(RUNNING);
  }

  private void endAll() {
    try {
      instances.values().forEach(Instance::tellToEnd);
      for (Instance instance : instances.values()) {
        instance.awaitEnd();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  private boolean awaitEnd(OutputWatch watch) {
    long progressNanos = System.nanoTime();
    int seen = watch.outputs().size();
    while (System.nanoTime() - progressNanos < END_PATIENCE.toNanos()) {
      if (allIsOut(watch)) {
        return true;
      }
      int now = watch.outputs().size();
      if (now > seen) {
        seen = now;
        progressNanos = System.nanoTime();
      }
      pause();
    }
    return false;
  }

  private boolean allIsOut(OutputWatch watch) {
    try {
      Optional<Map<TopicPartition, Long>> ends = topics.endsIfAllIsDone();
      return ends.isPresent() && watch.hasPassed(ends.get());
    } catch (ClusterSilent e) {
      return false;
    }
  }

  private void await(String what, Duration patience, BooleanSupplier condition) {
    long deadline = System.nanoTime() + patience.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > deadline) {
        throw new IllegalStateException(
            "waited " + patience.toSeconds() + " s in vain for " + what + "; see " + folder);
      }
      pause();
    }
  }

  private void pause() {
    if (stop.getAsBoolean()) {
      throw new Stopped();
    }
    LockSupport.parkNanos(LOOK.toNanos());
  }

  /** Ends what is left of the run and makes the site whole for the next. */
  private void close() {
    instances.values().forEach(Instance::close);
    disks.values().forEach(SmallDisk::close);
    journal.close();
    if (!stop.getAsBoolean()) {
      site.mend();
      topics.delete();
    }
  }

  /** The user wants the command to end. */
  static final class Stopped extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }
}
