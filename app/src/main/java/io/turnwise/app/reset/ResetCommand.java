package io.turnwise.app.reset;

import io.turnwise.app.CommandFailed;
import io.turnwise.app.connect.Connection;
import io.turnwise.app.preflight.Needs;
import io.turnwise.app.preflight.SettingsRules;
import io.turnwise.app.preflight.StateFolder;
import io.turnwise.app.run.Cluster;
import io.turnwise.topology.Names;
import io.turnwise.topology.TurnwiseSettings;
import java.io.Console;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.apache.kafka.streams.StreamsConfig;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Makes an application forget what it knows. */
@Command(
    name = "reset",
    description = {
      "Makes an application begin anew: deletes its changelogs, which hold the audio and the voices"
          + " of calls going on, sets where it reads on, and deletes its folder in state.dir on this"
          + " machine. Says exactly what before it does it, and asks. Never touches audio-chunks,"
          + " speaker-embeddings, speaker-changes, speaker-registry or dead-letters.",
      "",
      "Refuses while an instance runs. Repeats harmlessly. On other machines delete the folder in"
          + " state.dir too, or run it there.",
      "",
      "From the earliest record on, events of calls that are still on the topic are published a"
          + " second time."
    },
    footer = {
      "  turnwise reset --config turnwise.properties --dry-run",
      "  turnwise reset --config turnwise.properties --keep-offsets",
      "  turnwise reset --config turnwise.properties --to-time 2026-01-31T09:00:00Z --yes"
    })
public final class ResetCommand implements Callable<Integer> {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  @Spec private CommandSpec spec;

  @Mixin private Connection connection;

  @Option(
      names = "--application-id",
      paramLabel = "ID",
      description = "Kafka Streams' application.id (default: the file's, else turnwise).")
  private Optional<String> applicationId;

  @ArgGroup private Where where;

  /** At most one of these. */
  private static final class Where {
    @Option(
        names = "--to-earliest",
        description = "Read from the oldest record on; what happens where nothing is named.")
    private boolean earliest;

    @Option(names = "--to-latest", description = "Leave out all that is there.")
    private boolean latest;

    @Option(
        names = "--to-time",
        paramLabel = "TIME",
        description = "Read from this time on, for example 2026-01-31T09:00:00Z.")
    private String time;

    @Option(names = "--keep-offsets", description = "Read on where it has stopped.")
    private boolean same;
  }

  @Option(names = "--dry-run", description = "Only say what would be done.")
  private boolean dryRun;

  @Option(names = "--yes", description = "Do not ask.")
  private boolean yes;

  @Override
  public Integer call() {
    Map<String, String> properties = new HashMap<>(connection.brokerSettings());
    applicationId.ifPresent(id -> properties.put(StreamsConfig.APPLICATION_ID_CONFIG, id));
    // Its folder is deleted: an id such as ".." would name another.
    SettingsRules.require(properties);
    Needs needs = new Needs(TurnwiseSettings.of(properties), properties, true, Needs.OUTAGE);
    String id = needs.applicationId();
    StartingPoint start = start();
    LocalState local = new LocalState(StateFolder.of(needs).resolve(id).toAbsolutePath());
    PrintWriter out = spec.commandLine().getOut();
    try (Admin admin = Cluster.admin(properties)) {
      refuseWhileRunning(admin, id, local);
      Plan plan = plan(admin, needs, id, start, local);
      plan.lines().forEach(out::println);
      if (plan.isEmpty()) {
        out.println("nothing to do for the application " + id);
      }
      out.flush();
      if (plan.isEmpty() || dryRun || !confirmed(id)) {
        return 0;
      }
      refuseWhileRunning(admin, id, local);
      carryOut(admin, id, plan);
      out.println("done");
      out.flush();
      return 0;
    } catch (ExecutionException e) {
      throw new CommandFailed(
          "The application "
              + id
              + " cannot be reset: "
              + e.getCause().getMessage()
              + "; the rights it takes are in docs/how-to/run-against-a-cluster.md. What was done"
              + " is done; run it again.",
          e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CommandFailed("Interrupted while resetting; run it again.", e);
    }
  }

  private StartingPoint start() {
    if (where == null || where.earliest) {
      return new StartingPoint.Earliest();
    }
    if (where.latest) {
      return new StartingPoint.Latest();
    }
    if (where.same) {
      return new StartingPoint.Same();
    }
    try {
      return new StartingPoint.At(OffsetDateTime.parse(where.time).toInstant());
    } catch (DateTimeParseException e) {
      throw new ParameterException(
          spec.commandLine(),
          "--to-time: '" + where.time + "' is not a time such as 2026-01-31T09:00:00Z",
          e);
    }
  }

  private static void refuseWhileRunning(Admin admin, String id, LocalState local)
      throws ExecutionException, InterruptedException {
    try {
      int members =
          admin
              .describeConsumerGroups(List.of(id))
              .describedGroups()
              .get(id)
              .get()
              .members()
              .size();
      if (members > 0) {
        throw new CommandFailed(
            "The application "
                + id
                + " runs: its group has "
                + members
                + " members. Stop all instances; one that has died is a member until its session"
                + " ends.");
      }
    } catch (ExecutionException e) {
      if (!(e.getCause() instanceof GroupIdNotFoundException)) {
        throw e;
      }
    }
    if (local.inUse()) {
      throw new CommandFailed(
          "The application " + id + " runs on this machine, in " + local.folder() + "; stop it.");
    }
  }

  private static Plan plan(
      Admin admin, Needs needs, String id, StartingPoint start, LocalState local)
      throws ExecutionException, InterruptedException {
    Set<String> present = admin.listTopics().names().get();
    SortedSet<String> changelogs = new TreeSet<>();
    SortedSet<String> strangers = new TreeSet<>();
    for (String topic : present) {
      if (Names.changelogs(id).contains(topic)
          && !Cluster.publicTopics(needs.settings()).contains(topic)) {
        changelogs.add(topic);
      } else if (topic.startsWith(id + "-") && topic.endsWith(Names.CHANGELOG)) {
        strangers.add(topic);
      }
    }
    Map<TopicPartition, Long> before = committed(admin, id);
    Map<TopicPartition, Long> offsets =
        start instanceof StartingPoint.Same
            ? Map.of()
            : offsets(admin, inputs(needs, before.keySet(), present), start, before);
    return new Plan(
        changelogs,
        strangers,
        offsets,
        before,
        local.exists() ? Optional.of(local) : Optional.empty());
  }

  private static Map<TopicPartition, Long> committed(Admin admin, String group)
      throws ExecutionException, InterruptedException {
    Map<TopicPartition, Long> committed = new HashMap<>();
    try {
      admin
          .listConsumerGroupOffsets(group)
          .partitionsToOffsetAndMetadata()
          .get()
          .forEach(
              (partition, offset) -> {
                if (offset != null) {
                  committed.put(partition, offset.offset());
                }
              });
    } catch (ExecutionException e) {
      if (!(e.getCause() instanceof GroupIdNotFoundException)) {
        throw e;
      }
    }
    return committed;
  }

  /** What it has read from so far; where that is nothing, what it would. */
  private static SortedSet<String> inputs(
      Needs needs, Set<TopicPartition> read, Set<String> present) {
    SortedSet<String> inputs = new TreeSet<>();
    read.stream().map(TopicPartition::topic).forEach(inputs::add);
    if (inputs.isEmpty()) {
      inputs.add(needs.settings().audioChunks());
    }
    inputs.retainAll(present);
    return inputs;
  }

  private static Map<TopicPartition, Long> offsets(
      Admin admin, SortedSet<String> inputs, StartingPoint start, Map<TopicPartition, Long> before)
      throws ExecutionException, InterruptedException {
    Map<TopicPartition, OffsetSpec> asked = new HashMap<>();
    Map<TopicPartition, OffsetSpec> ends = new HashMap<>();
    admin
        .describeTopics(inputs)
        .allTopicNames()
        .get()
        .forEach(
            (topic, description) ->
                description
                    .partitions()
                    .forEach(
                        partition -> {
                          TopicPartition at = new TopicPartition(topic, partition.partition());
                          asked.put(at, start.spec());
                          ends.put(at, OffsetSpec.latest());
                        }));
    Map<TopicPartition, ListOffsetsResultInfo> found = admin.listOffsets(asked).all().get();
    Map<TopicPartition, ListOffsetsResultInfo> latest = admin.listOffsets(ends).all().get();
    Map<TopicPartition, Long> offsets = new HashMap<>();
    found.forEach(
        (at, info) -> {
          long offset = info.offset() < 0 ? latest.get(at).offset() : info.offset();
          if (!Long.valueOf(offset).equals(before.get(at))) {
            offsets.put(at, offset);
          }
        });
    return offsets;
  }

  private boolean confirmed(String id) {
    if (yes) {
      return true;
    }
    Console console = System.console();
    if (console == null) {
      throw new CommandFailed("Nobody can be asked here; say --yes, or --dry-run.");
    }
    String answer = console.readLine("Reset the application %s? Type its name: ", id);
    if (!id.equals(answer)) {
      throw new CommandFailed("Nothing was done.");
    }
    return true;
  }

  private static void carryOut(Admin admin, String id, Plan plan)
      throws ExecutionException, InterruptedException {
    // Changelogs first: broken off here, it reads on with no state, and not from anew with an old.
    admin.deleteTopics(plan.changelogs()).all().get();
    awaitGone(admin, plan.changelogs());
    Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
    plan.offsets().forEach((at, offset) -> offsets.put(at, new OffsetAndMetadata(offset)));
    if (!offsets.isEmpty()) {
      admin.alterConsumerGroupOffsets(id, offsets).all().get();
    }
    plan.folder().ifPresent(LocalState::delete);
  }

  private static void awaitGone(Admin admin, SortedSet<String> topics)
      throws ExecutionException, InterruptedException {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    Set<String> left = new TreeSet<>(topics);
    while (!left.isEmpty()) {
      left.retainAll(admin.listTopics().names().get());
      if (!left.isEmpty() && System.nanoTime() > deadline) {
        throw new CommandFailed(
            "The cluster has not deleted "
                + left
                + " yet; run turnwise reset again before a start.");
      }
      LockSupport.parkNanos(Duration.ofMillis(100).toNanos());
    }
  }
}
