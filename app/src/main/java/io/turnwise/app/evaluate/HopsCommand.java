package io.turnwise.app.evaluate;

import io.turnwise.app.CommandFailed;
import io.turnwise.app.Installation;
import io.turnwise.app.TopologyOptions;
import io.turnwise.app.play.Recording;
import io.turnwise.inference.audio.WavFile;
import io.turnwise.inference.model.SpeakerEmbedder;
import io.turnwise.inference.speech.SpeechGate;
import io.turnwise.inference.speech.SpeechGates;
import io.turnwise.topology.TurnwiseSettings;
import io.turnwise.topology.segment.Segment;
import java.io.IOException;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Measures what the distance between segments does to errors, delays and cost. */
@Command(
    name = "hops",
    description = {
      "Runs every WAV file of a folder through the production topology at each hop of 250, 500,"
          + " 750, 1000 and 1500 ms, scores it against the RTTM file of the same name, and prints"
          + " one table as Markdown: errors, boundary error, delays, and the processor's time.",
      "",
      "Runs on one thread, telephone and wide band in rows of their own. The time of the processor"
          + " is that thread's, so other work on the machine hardly counts."
    },
    footer = {
      "  turnwise bench hops --audio calls --rttm calls",
      "  turnwise bench hops --audio wide --rttm wide --audio phone --rttm phone \\",
      "      --markdown docs/reference/hop.md"
    })
public final class HopsCommand implements Callable<Integer> {
  private static final List<Integer> HOPS = List.of(250, 500, 750, 1000, 1500);

  private static final int TELEPHONE_RATE = 8_000;

  @Spec private CommandSpec spec;

  @Option(
      names = "--audio",
      required = true,
      paramLabel = "DIR",
      description = "Folder with recordings: WAV, PCM or G.711, 8 to 48 kHz; may be given again.")
  private List<Path> audio;

  @Option(
      names = "--rttm",
      required = true,
      paramLabel = "DIR",
      description =
          "Folder with their references, one NAME.rttm for each NAME.wav; once for each --audio, in"
              + " the same order.")
  private List<Path> rttm;

  @Mixin private TopologyOptions topology;

  @Option(
      names = "--markdown",
      paramLabel = "FILE",
      description = "File to write the page to as well; replaced where it exists.")
  private Optional<Path> markdown;

  /** A recording in memory, with its reference. */
  private record Call(Recording recording, List<Turn> reference) {
    private String kind() {
      return recording.audio().sampleRate() <= TELEPHONE_RATE ? "telephone" : "wide band";
    }

    private double channelSeconds() {
      return recording.seconds() * recording.audio().channels();
    }
  }

  @Override
  public Integer call() {
    if (spec.commandLine().getParseResult().hasMatchedOption("--hop")) {
      throw new ParameterException(spec.commandLine(), "--hop: all hops are run, leave it out");
    }
    if (audio.size() != rttm.size()) {
      throw new ParameterException(
          spec.commandLine(),
          "--rttm: given "
              + rttm.size()
              + " times, --audio "
              + audio.size()
              + " times; give one for each");
    }
    TurnwiseSettings settings = topology.settings();
    SortedMap<String, List<Call>> calls = calls();
    String page = measure(settings, calls).markdown();
    if (markdown.isPresent()) {
      try {
        Files.writeString(markdown.get(), page);
      } catch (IOException e) {
        throw new CommandFailed(
            "The page cannot be written to "
                + markdown.get()
                + " ("
                + e
                + "); name another --markdown.",
            e);
      }
    }
    PrintWriter screen = spec.commandLine().getOut();
    screen.print(page);
    screen.flush();
    return 0;
  }

  private SortedMap<String, List<Call>> calls() {
    SortedMap<String, List<Call>> calls = new TreeMap<>();
    for (int folder = 0; folder < audio.size(); folder++) {
      for (Pairs.Pair pair : Pairs.find(audio.get(folder), rttm.get(folder))) {
        Call call =
            new Call(new Recording(pair.name(), 0, WavFile.read(pair.audio())), pair.reference());
        calls.computeIfAbsent(call.kind(), kind -> new ArrayList<>()).add(call);
      }
    }
    return calls;
  }

  private HopReport measure(TurnwiseSettings settings, SortedMap<String, List<Call>> calls) {
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    if (!threads.isCurrentThreadCpuTimeSupported()) {
      throw new CommandFailed(
          "This Java does not tell the processor's time of a thread; use a HotSpot JVM.");
    }
    List<HopReport.Row> rows = new ArrayList<>();
    try (SpeechGate.Factory gates = SpeechGates.named(settings.gate());
        SpeakerEmbedder embedder =
            SpeakerEmbedder.open(
                Installation.models().find(settings.model()),
                Segment.SAMPLES,
                settings.provider())) {
      // Once without counting, so that the JVM has compiled what it will.
      new Replay(settings, embedder, gates).replay(calls.get(calls.firstKey()).get(0).recording());
      for (var kind : calls.entrySet()) {
        for (int hop : HOPS) {
          Replay replay = new Replay(at(hop), embedder, gates);
          rows.add(row(kind.getKey(), hop, kind.getValue(), replay, threads));
        }
      }
      return new HopReport(
          embedder.model().name(),
          settings.gate().replaceFirst(":.*", ""),
          recordings(calls),
          machine(),
          rows);
    }
  }

  private TurnwiseSettings at(int hop) {
    return topology.settings(Map.of(TurnwiseSettings.HOP, Integer.toString(hop)));
  }

  private static HopReport.Row row(
      String kind, int hop, List<Call> calls, Replay replay, ThreadMXBean threads) {
    CallScore score = CallScore.NONE;
    long segments = 0;
    long nanos = 0;
    double seconds = 0;
    for (Call call : calls) {
      long before = threads.getCurrentThreadCpuTime();
      Replayed replayed = replay.replay(call.recording());
      nanos += threads.getCurrentThreadCpuTime() - before;
      segments += replayed.segments();
      seconds += call.channelSeconds();
      score = score.plus(CallScore.of(call.reference(), replayed, 0, call.recording().seconds()));
    }
    return new HopReport.Row(kind, hop, score, segments, nanos, seconds);
  }

  private static String recordings(SortedMap<String, List<Call>> calls) {
    List<String> kinds = new ArrayList<>();
    calls.forEach(
        (kind, those) ->
            kinds.add(
                String.format(
                    Locale.ROOT,
                    "%s: %d %s, %.1f minutes of channels",
                    kind,
                    those.size(),
                    those.size() == 1 ? "recording" : "recordings",
                    those.stream().mapToDouble(Call::channelSeconds).sum() / 60)));
    return String.join("; ", kinds);
  }

  /** Nothing of who measured, where or when. */
  private static String machine() {
    return System.getProperty("os.name")
        + " on "
        + System.getProperty("os.arch")
        + ", Java "
        + Runtime.version().feature()
        + ", ONNX Runtime "
        + SpeakerEmbedder.runtimeVersion();
  }
}
