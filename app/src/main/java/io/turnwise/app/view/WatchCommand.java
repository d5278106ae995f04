package io.turnwise.app.view;

import io.turnwise.app.StopSignal;
import io.turnwise.app.Terminal;
import io.turnwise.app.connect.Connection;
import io.turnwise.avro.SpeakerChange;
import io.turnwise.topology.TurnwiseSettings;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Prints the speaker changes of a real cluster. */
@Command(
    name = "watch",
    description = {
      "Prints the speaker changes of all calls on a Kafka cluster, and their corrections, one line"
          + " an event, until stopped.",
      "",
      "A question mark behind a speaker: tentative, it may be taken back."
    },
    footer = {
      "  turnwise watch --config turnwise.properties",
      "  turnwise watch --bootstrap-server localhost:9092 --registry http://localhost:8081 \\",
      "      --from-beginning --json"
    })
public final class WatchCommand implements Callable<Integer> {
  private static final Duration PATIENCE = Duration.ofMillis(250);

  @Spec private CommandSpec spec;
  @Mixin private Connection connection;

  @Option(names = "--json", description = "One JSON object a line, fields as in the Avro record.")
  private boolean json;

  @Option(names = "--from-beginning", description = "Print what is on the topic already, too.")
  private boolean fromBeginning;

  @Override
  public Integer call() {
    Map<String, String> properties = connection.settings();
    TurnwiseSettings settings = TurnwiseSettings.of(properties);
    PrintWriter out = spec.commandLine().getOut();
    PrintWriter err = spec.commandLine().getErr();
    ChangeView view = json ? new JsonChanges(out) : new PrintedChanges(out, Terminal.out());
    try (StopSignal stop = StopSignal.listen();
        TopicFeed<SpeakerChange> feed =
            TopicFeed.open(
                settings.speakerChanges(),
                SpeakerChange.class,
                properties,
                fromBeginning,
                sentence -> {
                  err.println(sentence);
                  err.flush();
                })) {
      while (!stop.requested() && !out.checkError()) {
        feed.poll(PATIENCE).forEach(view::show);
      }
    }
    return 0;
  }
}
