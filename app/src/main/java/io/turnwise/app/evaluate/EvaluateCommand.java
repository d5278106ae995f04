package io.turnwise.app.evaluate;

import io.turnwise.app.CommandFailed;
import io.turnwise.app.Installation;
import io.turnwise.app.TopologyOptions;
import io.turnwise.app.play.Recording;
import io.turnwise.app.trials.Length;
import io.turnwise.app.trials.StretchEmbedder;
import io.turnwise.app.trials.TrialReport;
import io.turnwise.app.trials.Trials;
import io.turnwise.inference.audio.WavFile;
import io.turnwise.inference.model.Model;
import io.turnwise.inference.model.SpeakerEmbedder;
import io.turnwise.inference.speech.SpeechGate;
import io.turnwise.inference.speech.SpeechGates;
import io.turnwise.topology.TurnwiseSettings;
import io.turnwise.topology.segment.Segment;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Measures how well the product tells speakers apart, on recordings somebody has labelled. */
@Command(
    name = "evaluate",
    description = {
      "Runs every WAV file of a folder through the production topology and compares who spoke when"
          + " with the RTTM file of the same name.",
      "",
      "Prints the diarization error rate (DER) of each file and of all together, with its three"
          + " parts: speech that was missed, speech that is not there (false alarm), and speech of"
          + " one speaker taken for another's (confusion); and the number of speakers in the"
          + " reference and found. Overlapping speech is scored. Each channel of a stereo file is a"
          + " channel of the call.",
      "",
      "Two labellings are scored: revised, after all corrections, and first, as each moment was"
          + " named first. Beside the DER at 0, 0.25 s and --collar: Jaccard error rate, speaker"
          + " count, fragmentation, identity switches, boundary error, delay of the events and"
          + " their number; docs/reference/evaluation.md defines them.",
      "",
      "With --trials it measures the model alone: all pairs of two recordings of known speakers,"
          + " by length (the loudest stretch of 1 to 5 s, and whole) and by channel (as recorded,"
          + " by a simulated telephone on both sides, on one side). EER: the rate at which as many"
          + " pairs of one speaker are missed as pairs of two are accepted, by interpolation on the"
          + " ROC. minDCF: the least detection cost at a prior of 0.05. Cllr: what the model's"
          + " calibration loses, in bits; minCllr: what the best one would."
    },
    footer = {
      "  turnwise evaluate --audio calls --rttm calls --out hypotheses",
      "  turnwise evaluate --audio calls --rttm labels --out hypotheses --collar 0.25 --json",
      "  turnwise evaluate --audio calls --rttm calls --out hypotheses --hop 500 \\",
      "      --model models/mine.onnx --gate silero:silero_vad.onnx",
      "  turnwise evaluate --trials voices --model models/mine.onnx --json"
    })
public final class EvaluateCommand implements Callable<Integer> {
  /** Files evaluated side by side. */
  private static final int THREADS = 2;

  /** Folder below --out for the labels that were published first. */
  private static final String FIRST = "first-published";

  @Spec private CommandSpec spec;

  @ArgGroup(multiplicity = "1")
  private What what;

  /** Calls with labels, or trials. */
  private static final class What {
    @ArgGroup(exclusive = false)
    private Calls calls;

    @Option(
        names = "--trials",
        required = true,
        paramLabel = "DIR",
        description =
            "Folder with one folder a speaker and WAV files of one channel inside: two files and"
                + " two speakers at least.")
    private Path trials;
  }

  private static final class Calls {
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

    @Option(
        names = "--out",
        required = true,
        paramLabel = "DIR",
        description =
            "Folder for what was found, one NAME.rttm a recording, and one in first-published/ for"
                + " what was said first; made where missing.")
    private Path out;
  }

  @Mixin private TopologyOptions topology;

  @Option(
      names = "--collar",
      paramLabel = "S",
      defaultValue = "0",
      description =
          "Seconds on either side of each boundary of the reference that are not scored, besides"
              + " the figures at 0 and 0.25 (default: ${DEFAULT-VALUE}).")
  private double collar;

  @Option(
      names = "--json",
      description = "One line of JSON; rates of calls as fractions, those of trials in percent.")
  private boolean json;

  @Override
  public Integer call() {
    if (!(collar >= 0 && collar < Double.POSITIVE_INFINITY)) {
      throw new CommandFailed("--collar is " + collar + "; it must be 0 or more seconds.");
    }
    String result = what.trials != null ? trials(what.trials) : calls(what.calls);
    PrintWriter screen = spec.commandLine().getOut();
    screen.print(result);
    screen.flush();
    return 0;
  }

  private String trials(Path folder) {
    for (String option : List.of("--hop", "--threshold", "--collar")) {
      if (spec.commandLine().getParseResult().hasMatchedOption(option)) {
        throw new ParameterException(
            spec.commandLine(), option + " belongs to calls and says nothing about --trials");
      }
    }
    TurnwiseSettings settings = topology.settings();
    try (SpeechGate.Factory gates = SpeechGates.named(settings.gate())) {
      Trials trials = Trials.read(folder, gates);
      Model model = Installation.models().find(settings.model());
      try (StretchEmbedder embedder =
          StretchEmbedder.open(model, settings.provider(), Length.REPORTED)) {
        TrialReport report =
            trials.evaluate(model.name(), embedder, model.calibration(), Length.REPORTED);
        return json ? report.json() + "\n" : report.table();
      }
    }
  }

  private String calls(Calls calls) {
    TurnwiseSettings settings = topology.settings();
    List<Pairs.Pair> pairs = Pairs.find(calls.audio, calls.rttm);
    prepareOut(calls);
    SortedMap<String, Scores.Scored> scores;
    try (SpeechGate.Factory gates = SpeechGates.named(settings.gate());
        SpeakerEmbedder embedder =
            SpeakerEmbedder.open(
                Installation.models().find(settings.model()),
                Segment.SAMPLES,
                settings.provider())) {
      scores = evaluate(pairs, calls.out, new Replay(settings, embedder, gates));
    }
    Scores all = new Scores(scores);
    return json ? all.json() + "\n" : all.table();
  }

  private static void prepareOut(Calls calls) {
    for (Path folder : List.of(calls.out, calls.out.resolve(FIRST))) {
      try {
        Files.createDirectories(folder);
        if (Files.isSameFile(folder, calls.rttm)) {
          throw new CommandFailed(
              "--rttm is "
                  + calls.rttm
                  + ", which --out would write to: the references would be overwritten; name"
                  + " another folder for --out.");
        }
      } catch (IOException e) {
        throw new CommandFailed(
            "The folder " + folder + " cannot be made (" + e + "); name another for --out.", e);
      }
    }
  }

  private SortedMap<String, Scores.Scored> evaluate(
      List<Pairs.Pair> pairs, Path out, Replay replay) {
    ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    try {
      List<Future<Scores.Scored>> running =
          pairs.stream().map(pair -> threads.submit(() -> evaluate(pair, out, replay))).toList();
      SortedMap<String, Scores.Scored> scores = new TreeMap<>();
      for (int i = 0; i < running.size(); i++) {
        scores.put(pairs.get(i).name(), running.get(i).get());
      }
      return scores;
    } catch (ExecutionException e) {
      throw e.getCause() instanceof RuntimeException cause
          ? cause
          : new IllegalStateException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CommandFailed("The evaluation was interrupted.", e);
    } finally {
      threads.shutdownNow();
    }
  }

  private Scores.Scored evaluate(Pairs.Pair pair, Path out, Replay replay) {
    Recording recording = new Recording(pair.name(), 0, WavFile.read(pair.audio()));
    Replayed replayed = replay.replay(recording);
    write(out, pair.name(), replayed.revised());
    write(out.resolve(FIRST), pair.name(), replayed.firstPublished());
    return new Scores.Scored(
        recording.audio().channels(),
        recording.audio().sampleRate(),
        CallScore.of(pair.reference(), replayed, collar, recording.seconds()));
  }

  private static void write(Path folder, String name, List<Turn> turns) {
    Path file = folder.resolve(name + ".rttm");
    try {
      Rttm.write(file, name, turns);
    } catch (IOException e) {
      throw new CommandFailed("Cannot write " + file + " (" + e + "); name another --out.", e);
    }
  }
}
