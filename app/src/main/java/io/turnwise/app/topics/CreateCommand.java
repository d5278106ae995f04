package io.turnwise.app.topics;

import io.turnwise.app.CommandFailed;
import io.turnwise.app.broker.Topics;
import io.turnwise.app.connect.Connection;
import io.turnwise.app.preflight.SettingsRules;
import io.turnwise.app.run.Cluster;
import io.turnwise.topology.TurnwiseSettings;
import java.io.PrintWriter;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Creates the topics that are missing. */
@Command(
    name = "create",
    description = {
      "Creates the topics that do not exist, with the settings they should have, and says how those"
          + " that exist differ from that. Changes nothing about a topic that exists."
    },
    footer = {
      "  turnwise topics create --config turnwise.properties --partitions 48 --replication 3",
      "  turnwise topics create --config turnwise.properties --dry-run"
    })
public final class CreateCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Mixin private Connection connection;

  @Option(
      names = "--partitions",
      paramLabel = "N",
      defaultValue = "12",
      description =
          "Partitions of the topics of calls (default: ${DEFAULT-VALUE}); they bound how many"
              + " threads can work. speaker-registry always has one.")
  private int partitions;

  @Option(
      names = "--replication",
      paramLabel = "N",
      description = "Copies of each partition (default: the cluster's own).")
  private Optional<Short> replication;

  @Option(names = "--dry-run", description = "Only say what would be created.")
  private boolean dryRun;

  @Override
  public Integer call() {
    if (partitions < 1) {
      throw new CommandFailed("--partitions is " + partitions + "; it must be 1 or more.");
    }
    Map<String, String> properties = connection.brokerSettings();
    SettingsRules.require(properties);
    Topics topics =
        new Topics(
            TurnwiseSettings.of(properties), partitions, replication, Topics.RETENTION, true);
    PrintWriter out = spec.commandLine().getOut();
    try (Admin admin = Cluster.admin(properties)) {
      Comparison comparison = Comparison.of(admin, topics, properties.get(Connection.BOOTSTRAP));
      Set<String> created = dryRun ? Set.of() : topics.createMissing(admin);
      for (NewTopic topic : comparison.missing()) {
        String verb =
            dryRun ? "missing" : created.contains(topic.name()) ? "created" : "there by now";
        out.println(verb + "  " + described(topic));
      }
      comparison
          .differences()
          .forEach(
              (topic, differences) ->
                  out.println(
                      "exists   "
                          + topic
                          + (differences.isEmpty()
                              ? ""
                              : ": " + String.join(", ", differences) + "; left as it is")));
    }
    out.flush();
    return 0;
  }

  private static String described(NewTopic topic) {
    StringBuilder text = new StringBuilder(topic.name());
    text.append(": ").append(topic.numPartitions()).append(" partitions, ");
    text.append(
        topic.replicationFactor() > 0
            ? topic.replicationFactor() + " copies"
            : "the cluster's number of copies");
    new TreeMap<>(topic.configs())
        .forEach((key, value) -> text.append(", ").append(key).append('=').append(value));
    return text.toString();
  }
}
