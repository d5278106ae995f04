package io.turnwise.app.faults;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.apache.kafka.common.TopicPartition;

/**
 * Does the faults of a run, one after the other, and heals what they broke. What is drawn is drawn
 * from the fault's own seed; who is hit follows from who leads or owns what at that moment.
 */
final class FaultInjector {
  /** Longer than the application's session timeout of 6 s. */
  private static final int BEYOND_THE_SESSION_MILLIS = 7_000;

  private static final List<Long> CLOCK_STEPS_SECONDS = List.of(45L, 3600L, 86_400L, -4L);
  private static final List<Map<String, String>> OTHER_SETTINGS =
      List.of(
          Map.of("commit.interval.ms", "40"),
          Map.of("num.stream.threads", "2"),
          Map.of("consumer.max.poll.records", "50"),
          Map.of("producer.linger.ms", "20", "producer.compression.type", "lz4"),
          Map.of("num.standby.replicas", "0"));

  /** What Kafka Streams' log says of a task that begins to restore. */
  private static final String RESTORING = " was added to the state updater";

  private static final Duration LOOK = Duration.ofMillis(30);

  private final Site site;
  private final RunTopics topics;
  private final Map<String, Instance> instances;
  private final Map<String, SmallDisk> disks;
  private final Map<String, Clock> clocks;
  private final Journal journal;
  private final BooleanSupplier stop;
  private final long beganNanos;

  /**
   * @param beganNanos when faults that are there at the start began
   */
  FaultInjector(
      Site site,
      RunTopics topics,
      Map<String, Instance> instances,
      Map<String, SmallDisk> disks,
      Map<String, Clock> clocks,
      Journal journal,
      BooleanSupplier stop,
      long beganNanos) {
    this.site = site;
    this.topics = topics;
    this.instances = instances;
    this.disks = disks;
    this.clocks = clocks;
    this.journal = journal;
    this.stop = stop;
    this.beganNanos = beganNanos;
  }

  /** Does a fault and returns when what it broke is whole again or has been started again. */
  DoneFault inject(PlannedFault fault) {
    Random random = new Random(fault.seed());
    long from = fault.kind() == FaultKind.REGISTRY_DOWN_AT_START ? beganNanos : System.nanoTime();
    String detail;
    try {
      detail = inject(fault.kind(), random);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
    journal.note("%s: %s", fault.kind().id(), detail);
    return new DoneFault(fault, from, System.nanoTime(), detail, true);
  }

  private String inject(FaultKind kind, Random random) throws InterruptedException {
    return switch (kind) {
      case INSTANCE_KILLED -> killInstance(random);
      case INSTANCE_KILLED_INFERRING -> killInferring(random);
      case INSTANCE_KILLED_IN_TRANSACTION -> killInTransaction(random);
      case INSTANCE_KILLED_RESTORING -> killRestoring(random);
      case INSTANCE_FROZEN -> freeze(random);
      case BROKER_LEADER_KILLED -> killBroker(leader(random), "leader", random);
      case BROKER_CONTROLLER_KILLED ->
          killBroker(site.brokers().controller(), "controller", random);
      case REGISTRY_DOWN_AT_START -> registryBack(random);
      case REGISTRY_DOWN -> registryOutage(random);
      case DISK_FULL -> fillDisk(random);
      case INSTANCE_CUT_OFF -> cutInstance(random);
      case BROKER_CUT_OFF -> cutBroker(random);
      case CLOCK_JUMPED -> stepClock(random);
      case ROLLING_RESTART -> rollingRestart(random);
      case SCALED -> scale(random);
    };
  }

  // ---- application instances

  private String killInstance(Random random) {
    Instance victim = ownerOf(call(random));
    victim.kill();
    int away = millis(random, 500, 12_000);
    pause(away);
    victim.start();
    return victim.name() + " killed, started again after " + away + " ms";
  }

  private String killInferring(Random random) {
    Instance victim = ownerOf(call(random));
    boolean computing =
        ComputingThread.await(
            victim.process().pid(), victim.name() + "-StreamThread", Duration.ofSeconds(8));
    victim.kill();
    int away = millis(random, 500, 12_000);
    pause(away);
    victim.start();
    return victim.name()
        + (computing ? " killed as it computed" : " killed, which did not compute")
        + ", started again after "
        + away
        + " ms";
  }

  private String killInTransaction(Random random) {
    String call = call(random);
    Instance victim = ownerOf(call);
    TopicPartition partition = topics.partition(Output.Kind.SPEAKER_EMBEDDINGS, call);
    boolean written = awaitUncommitted(partition);
    victim.kill();
    boolean open = topics.hasOpenTransaction(partition);
    int away = millis(random, 500, 12_000);
    pause(away);
    victim.start();
    return victim.name()
        + (written ? " killed as it had written to " : " killed, without having written to ")
        + partition
        + (open ? ", its transaction open" : ", no transaction open")
        + ", started again after "
        + away
        + " ms";
  }

  private boolean awaitUncommitted(TopicPartition partition) {
    try (WrittenRecords written =
        WrittenRecords.from(site.brokers().bootstrapServers(), partition)) {
      return written.awaitNext(Duration.ofSeconds(8));
    }
  }

  private String killRestoring(Random random) {
    Instance victim = ownerOf(call(random));
    victim.kill();
    int before = victim.printed().length();
    victim.start();
    boolean restoring =
        await(Duration.ofSeconds(20), () -> victim.printed().substring(before).contains(RESTORING));
    pause(millis(random, 0, 300));
    victim.kill();
    int away = millis(random, 200, 2_000);
    pause(away);
    victim.start();
    return victim.name()
        + " killed, and again "
        + (restoring ? "while it restored" : "before it had anything to restore")
        + ", started again after "
        + away
        + " ms";
  }

  private String freeze(Random random) {
    Instance victim = ownerOf(call(random));
    int frozen = BEYOND_THE_SESSION_MILLIS + millis(random, 0, 2_500);
    Child process = victim.process();
    process.freeze();
    try {
      pause(frozen);
    } finally {
      process.thaw();
    }
    return victim.name() + " stopped for " + frozen + " ms";
  }

  private String cutInstance(Random random) {
    Instance victim = ownerOf(call(random));
    int away = BEYOND_THE_SESSION_MILLIS + millis(random, 0, 2_500);
    victim.host().cut();
    try {
      pause(away);
    } finally {
      victim.host().mend();
    }
    return victim.name() + " cut off for " + away + " ms";
  }

  private String stepClock(Random random) {
    Instance victim = ownerOf(call(random));
    long seconds = CLOCK_STEPS_SECONDS.get(random.nextInt(CLOCK_STEPS_SECONDS.size()));
    clocks.get(victim.name()).step(seconds);
    return String.format(Locale.ROOT, "clock of %s stepped by %+d s", victim.name(), seconds);
  }

  /** Who takes over has a full disk, and who comes back comes back to one. */
  private String fillDisk(Random random) {
    Instance victim = ownerOf(call(random));
    int away = millis(random, 500, 4_000);
    disks.values().forEach(SmallDisk::fill);
    boolean runs;
    try {
      victim.kill();
      pause(away);
      int before = victim.printed().length();
      victim.start();
      runs = await(Duration.ofSeconds(20), () -> runs(victim, before));
    } finally {
      disks.values().forEach(SmallDisk::free);
    }
    return "all disks full, "
        + victim.name()
        + " killed and started again after "
        + away
        + " ms, "
        + (runs ? "where it ran" : "where it did not run until there was room");
  }

  private String rollingRestart(Random random) throws InterruptedException {
    Map<String, String> other = OTHER_SETTINGS.get(random.nextInt(OTHER_SETTINGS.size()));
    for (Instance instance : running()) {
      int before = instance.printed().length();
      instance.end();
      instance.change(other);
      instance.start();
      await(Duration.ofSeconds(30), () -> runs(instance, before));
    }
    return "restarted in turn with " + other;
  }

  private String scale(Random random) throws InterruptedException {
    List<Instance> before = running();
    List<Instance> more = instances.values().stream().filter(one -> !one.alive()).toList();
    more.forEach(Instance::start);
    await(Duration.ofSeconds(30), () -> more.stream().allMatch(Run::running));
    int three = millis(random, 1_000, 4_000);
    pause(three);
    List<Instance> all = running();
    int left = all.isEmpty() ? 0 : random.nextInt(all.size());
    List<String> ended = new ArrayList<>();
    for (int i = 0; i < all.size(); i++) {
      if (i != left) {
        all.get(i).end();
        ended.add(all.get(i).name());
      }
    }
    return before.size()
        + " instance, then "
        + all.size()
        + " for "
        + three
        + " ms, then without "
        + String.join(" and ", ended);
  }

  // ---- brokers and registry

  private int leader(Random random) {
    return site.brokers().leaderOf(topics.audioPartition(call(random)));
  }

  private String killBroker(int id, String what, Random random) {
    site.brokers().kill(id);
    int away = millis(random, 2_000, 7_000);
    pause(away);
    site.brokers().restart(id);
    return "broker " + id + ", " + what + ", killed, started again after " + away + " ms";
  }

  private String cutBroker(Random random) {
    int id = leader(random);
    int away = millis(random, 3_000, 9_000);
    site.brokers().host(id).cut();
    try {
      pause(away);
    } finally {
      site.brokers().host(id).mend();
    }
    return "broker " + id + " cut off for " + away + " ms";
  }

  private String registryBack(Random random) {
    int away = millis(random, 1_000, 6_000);
    pause(away);
    site.registry().restart();
    site.registry().awaitAnswer();
    return "registry there " + away + " ms after the play had begun";
  }

  private String registryOutage(Random random) {
    site.registry().kill();
    Instance victim = ownerOf(call(random));
    victim.kill();
    victim.start();
    int away = millis(random, 3_000, 9_000);
    pause(away);
    site.registry().restart();
    site.registry().awaitAnswer();
    return "registry away for "
        + away
        + " ms and "
        + victim.name()
        + " killed and started meanwhile";
  }

  // ---- who and when

  private String call(Random random) {
    List<String> calls = site.calls().ids();
    return calls.get(random.nextInt(calls.size()));
  }

  /** Who has the call; somebody who runs where that cannot be told. */
  private Instance ownerOf(String call) {
    Optional<Instance> owner = Optional.empty();
    try {
      owner =
          topics.ownerOf(topics.audioPartition(call)).map(instances::get).filter(Instance::alive);
    } catch (ClusterSilent e) {
      journal.note("owner of %s unknown: %s", call, e.getMessage());
    }
    return owner.orElseGet(() -> running().stream().findFirst().orElseThrow());
  }

  private List<Instance> running() {
    return instances.values().stream()
        .filter(Instance::alive)
        .sorted(Comparator.comparing(Instance::name))
        .toList();
  }

  private static boolean runs(Instance instance, int printedBefore) {
    return instance.printed().substring(printedBefore).contains(Run.RUNNING);
  }

  /** From one to the other, both included. */
  private static int millis(Random random, int from, int to) {
    return from + random.nextInt(to - from + 1);
  }

  private void pause(int millis) {
    long until = System.nanoTime() + Duration.ofMillis(millis).toNanos();
    await(Duration.ofMillis(millis), () -> System.nanoTime() - until >= 0);
  }

  private boolean await(Duration patience, BooleanSupplier condition) {
    long deadline = System.nanoTime() + patience.toNanos();
    while (!condition.getAsBoolean()) {
      if (stop.getAsBoolean()) {
        throw new Run.Stopped();
      }
      if (System.nanoTime() - deadline >= 0) {
        return false;
      }
      LockSupport.parkNanos(LOOK.toNanos());
    }
    return true;
  }
}
