package io.turnwise.app.demo;

import io.turnwise.app.CommandFailed;
import io.turnwise.app.Installation;
import io.turnwise.app.StopSignal;
import io.turnwise.app.Terminal;
import io.turnwise.app.TopologyOptions;
import io.turnwise.app.play.Recording;
import io.turnwise.app.play.Speed;
import io.turnwise.app.view.ChangeView;
import io.turnwise.app.view.JsonChanges;
import io.turnwise.app.view.PrintedChanges;
import io.turnwise.app.view.Timeline;
import io.turnwise.inference.model.Model;
import io.turnwise.topology.TurnwiseSettings;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Shows the whole product at work on this machine, with nothing installed but Java. */
@Command(
    name = "demo",
    description = {
      "Plays WAV files as calls through a Kafka broker inside this process and prints who speaks"
          + " when, as it is found out; at the end a timeline, with all corrections made.",
      "",
      "A question mark behind a speaker: tentative, it may be taken back.",
      "",
      "Each file is a call, each of its channels a channel of the call; all play at the same time,"
          + " in real time unless --speed says otherwise. Nothing stays behind: the broker's data"
          + " live in a temporary folder."
    },
    footer = {
      "  turnwise demo                                the sample call, in real time",
      "  turnwise demo --speed max                    the sample call, as fast as possible",
      "  turnwise demo a.wav b.wav --speed 4          two calls side by side, four times as fast",
      "  turnwise demo call.wav --speed max --json    one JSON object a line on standard output",
      "  turnwise demo call.wav --model models/mine.onnx --gate silero:silero_vad.onnx"
    })
public final class DemoCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(
      paramLabel = "FILE.wav",
      arity = "0..*",
      description =
          "Recordings: PCM or G.711, 8 to 48 kHz, 1 to 8 channels. Without one, the sample.")
  private List<Path> files = new ArrayList<>();

  @Option(
      names = "--speed",
      paramLabel = "N|max",
      defaultValue = "1",
      converter = Speed.Converter.class,
      description =
          "1 is real time, N is N times as fast, max is as fast as possible (default:"
              + " ${DEFAULT-VALUE}).")
  private Speed speed;

  @Mixin private TopologyOptions topology;

  @Option(
      names = "--registry",
      paramLabel = "URL",
      description = "A schema registry to use (default: one inside this process).")
  private String registry;

  @Option(
      names = "--json",
      description =
          "Each event as one JSON object a line on standard output, fields as in the Avro record;"
              + " everything else goes to standard error.")
  private boolean json;

  @Override
  public Integer call() {
    Demo demo = demo();
    PrintWriter out = spec.commandLine().getOut();
    PrintWriter human = json ? spec.commandLine().getErr() : out;
    Terminal terminal = json ? Terminal.err() : Terminal.out();
    Timeline timeline = new Timeline();
    for (Recording recording : demo.recordings()) {
      for (int channel = 0; channel < recording.audio().channels(); channel++) {
        timeline.addChannel(recording.callId(), channel, recording.seconds());
      }
    }
    ChangeView lines = json ? new JsonChanges(out) : new PrintedChanges(out, terminal);
    announce(demo, human);
    try (StopSignal stop = StopSignal.listen()) {
      PlaySummary summary =
          demo.play(
              change -> {
                lines.show(change);
                timeline.add(change);
              },
              stop);
      human.println();
      human.print(timeline.render(terminal));
      human.println();
      human.println(stop.requested() ? "Stopped before the end." : summary.line(timeline));
      human.flush();
    } catch (IOException e) {
      throw new CommandFailed(
          "The demo cannot use its temporary folder or a port of this machine: " + e.getMessage(),
          e);
    }
    return 0;
  }

  /** Looks at all that was named before anything is started. */
  private Demo demo() {
    List<Recording> recordings =
        Recording.read(files.isEmpty() ? List.of(Installation.sampleCall()) : files);
    TurnwiseSettings settings = topology.settings();
    Model found = Installation.models().find(settings.model());
    String url = registry == null ? "mock://turnwise-demo-" + UUID.randomUUID() : registry;
    return new Demo(recordings, found, settings, url, speed);
  }

  private void announce(Demo demo, PrintWriter human) {
    for (Recording recording : demo.recordings()) {
      human.printf(
          Locale.ROOT,
          "Playing %s: %.1f s, %d channel%s, %s at %d Hz.%n",
          recording.callId(),
          recording.seconds(),
          recording.audio().channels(),
          recording.audio().channels() == 1 ? "" : "s",
          recording.audio().encoding(),
          recording.audio().sampleRate());
    }
    human.printf(
        "Model %s, %s.%n",
        demo.model().name(),
        speed.unlimited()
            ? "as fast as possible"
            : speed.factor() == 1
                ? "in real time (--speed max plays as fast as possible)"
                : String.format(Locale.ROOT, "%s times as fast as real time", speed.factor()));
    human.flush();
  }
}
