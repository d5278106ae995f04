package io.turnwise.app.evaluate;

import io.turnwise.app.CommandFailed;
import io.turnwise.app.Installation;
import io.turnwise.app.TopologyOptions;
import io.turnwise.app.baseline.AverageLinkage;
import io.turnwise.app.baseline.NaiveMatcher;
import io.turnwise.app.evaluate.TrackingComparison.Contender;
import io.turnwise.app.play.Recording;
import io.turnwise.inference.audio.WavFile;
import io.turnwise.inference.model.Model;
import io.turnwise.inference.model.SpeakerEmbedder;
import io.turnwise.inference.speech.SpeechGate;
import io.turnwise.inference.speech.SpeechGates;
import io.turnwise.topology.TurnwiseSettings;
import io.turnwise.topology.segment.Segment;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.function.Function;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Compares the tracker with what is usually done instead, on the same embeddings. */
@Command(
    name = "tracking",
    description = {
      "Embeds every WAV file of a folder once, then labels the same segments in three ways: a naive"
          + " matcher (one cosine threshold against running means, a new speaker below it), offline"
          + " average-linkage clustering, and the production topology's tracker at the settings that"
          + " ship.",
      "",
      "The two baselines get the threshold that is best on these very files, from 0 to 0.99 by 0.01;"
          + " the tracker is not tuned. All are scored alike: the same speech gate, the same frames,"
          + " after all corrections; the tracker also as it was first published. Prints DER with its parts and the speakers found, by file and"
          + " together, and the tracker's confusion over that of each baseline."
    },
    footer = {
      "  turnwise bench tracking --audio calls --rttm calls",
      "  turnwise bench tracking --audio calls --rttm calls --model voxsv-feats \\",
      "      --gate silero:silero_vad.onnx --json"
    })
public final class BaselinesCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(
      names = "--audio",
      required = true,
      paramLabel = "DIR",
      description = "Folder with the recordings: WAV, PCM or G.711, 8 to 48 kHz.")
  private Path audio;

  @Option(
      names = "--rttm",
      required = true,
      paramLabel = "DIR",
      description = "Folder with the references: one NAME.rttm for each NAME.wav.")
  private Path rttm;

  @Mixin private TopologyOptions topology;

  @Option(
      names = "--collar",
      paramLabel = "S",
      defaultValue = "0",
      description =
          "Seconds on either side of each boundary of the reference that are not scored"
              + " (default: ${DEFAULT-VALUE}).")
  private double collar;

  @Option(names = "--json", description = "One line of JSON; rates as fractions.")
  private boolean json;

  @Override
  public Integer call() {
    if (!(collar >= 0 && collar < Double.POSITIVE_INFINITY)) {
      throw new CommandFailed("--collar is " + collar + "; it must be 0 or more seconds.");
    }
    TurnwiseSettings settings = topology.settings();
    List<Pairs.Pair> pairs = Pairs.find(audio, rttm);
    Model model = Installation.models().find(settings.model());
    List<EmbeddedRecording> recordings = embedded(pairs, settings, model);
    Tuning tuning = new Tuning(recordings, collar);
    SortedMap<String, Replayed> tracked = tracked(recordings, settings, model);
    double cosine = settings.threshold().orElse(model.threshold());
    TrackingComparison comparison =
        new TrackingComparison(
            List.of(
                tuning.best(
                    "naive matcher",
                    segments -> threshold -> NaiveMatcher.labels(segments, threshold)),
                tuning.best("offline clustering", segments -> AverageLinkage.of(segments)::labels),
                contender("tracker", cosine, recordings, tracked, Replayed::revised)),
            contender(
                "tracker, as first published",
                cosine,
                recordings,
                tracked,
                Replayed::firstPublished));
    PrintWriter screen = spec.commandLine().getOut();
    screen.print(json ? comparison.json() + "\n" : comparison.table());
    screen.flush();
    return 0;
  }

  private static List<EmbeddedRecording> embedded(
      List<Pairs.Pair> pairs, TurnwiseSettings settings, Model model) {
    List<EmbeddedRecording> recordings = new ArrayList<>();
    try (SpeechGate.Factory gates = SpeechGates.named(settings.gate());
        SpeakerEmbedder embedder =
            SpeakerEmbedder.open(model, Segment.SAMPLES, settings.provider())) {
      RecordingEmbedder recorder = new RecordingEmbedder(settings, embedder, gates);
      for (Pairs.Pair pair : pairs) {
        Recording recording = new Recording(pair.name(), 0, WavFile.read(pair.audio()));
        recordings.add(recorder.embed(recording, pair.reference()));
      }
    }
    return recordings;
  }

  private static SortedMap<String, Replayed> tracked(
      List<EmbeddedRecording> recordings, TurnwiseSettings settings, Model model) {
    EmbeddingsReplay replay =
        new EmbeddingsReplay(settings, Map.of(model.fingerprint(), model.space()));
    SortedMap<String, Replayed> tracked = new TreeMap<>();
    recordings.forEach(recording -> tracked.put(recording.name(), replay.replay(recording)));
    return tracked;
  }

  /** One of the tracker's labellings. */
  private Contender contender(
      String name,
      double threshold,
      List<EmbeddedRecording> recordings,
      SortedMap<String, Replayed> tracked,
      Function<Replayed, List<Turn>> labelling) {
    SortedMap<String, DiarizationError> files = new TreeMap<>();
    for (EmbeddedRecording recording : recordings) {
      List<Turn> turns = labelling.apply(tracked.get(recording.name()));
      files.put(recording.name(), DiarizationError.of(recording.reference(), turns, collar));
    }
    return new Contender(name, threshold, files);
  }
}
