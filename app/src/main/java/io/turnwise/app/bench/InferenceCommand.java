package io.turnwise.app.bench;

import static io.turnwise.app.bench.InferenceFigures.FLOAT;
import static io.turnwise.app.bench.InferenceFigures.INT8;

import io.turnwise.app.CommandFailed;
import io.turnwise.app.Installation;
import io.turnwise.app.ModelOption;
import io.turnwise.app.trials.Length;
import io.turnwise.app.trials.TrialReport;
import io.turnwise.app.trials.Trials;
import io.turnwise.conversion.quantize.MultiplyAdds;
import io.turnwise.conversion.quantize.Quantizer;
import io.turnwise.conversion.quantize.WeightBits;
import io.turnwise.conversion.resnet.ResNet34;
import io.turnwise.inference.audio.Resampler;
import io.turnwise.inference.calibration.Calibration;
import io.turnwise.inference.calibration.Channel;
import io.turnwise.inference.features.Fbank;
import io.turnwise.inference.features.Features;
import io.turnwise.inference.model.InputKind;
import io.turnwise.inference.model.Model;
import io.turnwise.inference.model.SpeakerEmbedder;
import io.turnwise.inference.model.UnusableModel;
import io.turnwise.inference.speech.SpeechGate;
import io.turnwise.inference.speech.SpeechGates;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Measures the inference stage. */
@Command(
    name = "inference",
    description = {
      "Measures how many segments of 1.5 s a second this machine embeds, in float32 and in int8,"
          + " and what else the stage costs.",
      "",
      "Everything that is compared takes turns of a quarter of a second, and figures are medians:"
          + " ratios hold on a machine that does other things as well, rates only on an idle one."
    },
    footer = {
      "  turnwise bench inference",
      "  turnwise bench inference --shape resnet34 --sherpa --seconds 20",
      "  turnwise bench inference --model models/mine.onnx --int8 models/mine-int8.onnx --json"
    })
public final class InferenceCommand implements Callable<Integer> {
  /** Shapes that are built with random weights. */
  enum Shape {
    /** ResNet34-LM's: 32 channels, 6.6 M parameters. */
    RESNET34;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private static final int SAMPLES = 24_000;
  private static final int TELEPHONE_RATE = 8_000;

  /** 20 ms, in samples at the telephone's rate. */
  private static final int CHUNK = 160;

  private static final List<Length> LENGTHS = List.of(new Length(1.5), Length.WHOLE);

  @Spec private CommandSpec spec;

  @Mixin private ModelOption model;

  @Option(
      names = "--int8",
      paramLabel = "NAME|PATH",
      description =
          "The int8 twin of --model, which is the float32 one. Without it a twin is made for this"
              + " run, calibrated with made-up sound: as fast as a real one.")
  private Optional<String> int8;

  @Option(
      names = "--shape",
      paramLabel = "SHAPE",
      description =
          "Instead of a model, a network of this shape with random weights:"
              + " ${COMPLETION-CANDIDATES}, as ResNet34-LM.")
  private Optional<Shape> shape;

  @Option(
      names = "--seconds",
      paramLabel = "N",
      defaultValue = "5",
      description = "How long each contender runs in all (default: ${DEFAULT-VALUE}).")
  private double seconds;

  @Option(
      names = "--sherpa",
      description =
          "Runs sherpa-onnx from npm on the same file beside it; needs Node.js and, once, npm ci"
              + " --ignore-scripts in bench/peer.")
  private boolean sherpa;

  @Option(
      names = "--trials",
      paramLabel = "DIR",
      description =
          "Recordings of known speakers, a folder each: prints the equal-error rates, and with"
              + " --sherpa the peer's.")
  private Optional<Path> trials;

  @Option(names = "--json", description = "Prints one line of JSON.")
  private boolean json;

  @Override
  public Integer call() {
    if (!(seconds > 0) || seconds > 3_600) {
      throw new ParameterException(
          spec.commandLine(), "--seconds: " + seconds + " is not above 0 and up to 3600");
    }
    InferenceFigures figures;
    try {
      Path work = Files.createTempDirectory("turnwise-bench-");
      try {
        figures = measure(work);
      } finally {
        remove(work);
      }
    } catch (IOException e) {
      throw new CommandFailed(
          "The temporary folder cannot be used (" + e + "); make room in it.", e);
    }
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      out.write(figures.json() + "\n");
    } else {
      figures.print(out);
    }
    out.flush();
    return 0;
  }

  private InferenceFigures measure(Path work) throws IOException {
    List<String> notes = new ArrayList<>();
    float[] segment = Sound.of(Resampler.OUTPUT_RATE, InferenceFigures.SEGMENT, 1);
    Model whole = shape.isPresent() ? random(work) : model.find();
    Optional<Model> twin = twin(whole, work, notes);
    int callers = Runtime.getRuntime().availableProcessors();
    ExecutorService pool = Executors.newFixedThreadPool(callers);
    try (SpeakerEmbedder exact = SpeakerEmbedder.open(whole, SAMPLES);
        SpeakerEmbedder quick = SpeakerEmbedder.open(twin.orElse(whole), SAMPLES);
        MatrixProduct product = new MatrixProduct();
        SpeechGate.Factory gates = SpeechGates.named(SpeechGates.ENERGY);
        Companion companion = companion(whole, segment, notes)) {
      List<Contender> contenders = new ArrayList<>();
      contenders.add(Contender.alone(InferenceFigures.PRODUCT, product::multiply));
      contenders.addAll(frontEnd(whole.kind(), segment, gates));
      contenders.addAll(embedding(FLOAT, exact, segment, pool, callers));
      if (twin.isPresent()) {
        contenders.addAll(embedding(INT8, quick, segment, pool, callers));
      }
      companion.peer().ifPresent(contenders::add);
      // Before the measurement, which would be lost with trials that cannot be read.
      Map<String, double[]> errorRates = errorRates(whole, companion.peer());
      Rounds rounds = Rounds.of(contenders, seconds);
      return new InferenceFigures(
          whole.name(),
          multiplyAdds(whole, segment, notes),
          callers,
          twin.isPresent(),
          companion.peer().map(Peer::version),
          notes,
          errorRates,
          rounds);
    } finally {
      pool.shutdown();
    }
  }

  /** The peer, where there is one, to be closed either way. */
  private record Companion(Optional<Peer> peer) implements AutoCloseable {
    @Override
    public void close() {
      peer.ifPresent(Peer::close);
    }
  }

  private Companion companion(Model whole, float[] segment, List<String> notes) {
    if (!sherpa) {
      return new Companion(Optional.empty());
    }
    try {
      if (whole.kind() != InputKind.FEATURES) {
        throw new Peer.Absent("it takes models with the input 'feats' only");
      }
      Path folder = Installation.home().resolve("bench/peer");
      return new Companion(Optional.of(Peer.start(folder, whole, segment)));
    } catch (Peer.Absent e) {
      notes.add("the peer " + Peer.NAME + ": " + e.getMessage());
      return new Companion(Optional.empty());
    }
  }

  private Model random(Path work) throws IOException {
    Path file = work.resolve("resnet34-random.onnx");
    Files.write(file, ResNet34.random(32, 256, 1).toOnnx());
    return Installation.models().find(file.toString());
  }

  private Optional<Model> twin(Model whole, Path work, List<String> notes) throws IOException {
    if (int8.isPresent()) {
      Model named = Installation.models().find(int8.get());
      if (named.kind() != whole.kind() || named.dimension() != whole.dimension()) {
        throw new CommandFailed(
            String.format(
                Locale.ROOT,
                "--int8 names no twin: %s takes %s and gives %d dimensions, %s %s and %d.",
                named.name(),
                named.kind(),
                named.dimension(),
                whole.name(),
                whole.kind(),
                whole.dimension()));
      }
      return Optional.of(named);
    }
    Fbank fbank = new Fbank();
    List<Features> windows = new ArrayList<>();
    for (int i = 0; i < Quantizer.LEAST_WINDOWS; i++) {
      float[] sound = Sound.of(Resampler.OUTPUT_RATE, InferenceFigures.SEGMENT, i);
      windows.add(fbank.computeCentred(sound, 0, sound.length));
    }
    try {
      Path file = work.resolve(whole.name() + "-int8.onnx");
      Files.write(file, new Quantizer(WeightBits.SEVEN).quantize(whole, windows).file());
      return Optional.of(Installation.models().find(file.toString()));
    } catch (UnusableModel e) {
      notes.add("int8: " + e.getMessage());
      return Optional.empty();
    }
  }

  private static List<Contender> embedding(
      String precision,
      SpeakerEmbedder embedder,
      float[] segment,
      ExecutorService pool,
      int callers) {
    boolean[] speech = new boolean[SAMPLES / SpeechGate.FRAME];
    Arrays.fill(speech, true);
    Runnable work = () -> embedder.embed(segment, speech);
    Contender alone = Contender.alone(precision, work);
    return callers == 1
        ? List.of(alone)
        : List.of(
            alone, Contender.together(InferenceFigures.together(precision), work, pool, callers));
  }

  private static List<Contender> frontEnd(
      InputKind kind, float[] segment, SpeechGate.Factory gates) {
    float[] telephone = Sound.of(TELEPHONE_RATE, 1, 2);
    Resampler resampler = Resampler.start(TELEPHONE_RATE);
    SpeechGate gate = gates.start();
    List<Contender> contenders = new ArrayList<>();
    contenders.add(
        Contender.alone(InferenceFigures.RESAMPLER, () -> inChunks(telephone, resampler)));
    contenders.add(
        Contender.alone(InferenceFigures.GATE, () -> gate.decide(segment, segment.length / 2)));
    if (kind != InputKind.WAVEFORM) {
      Fbank fbank = new Fbank();
      contenders.add(
          Contender.alone(
              InferenceFigures.FEATURES, () -> fbank.computeCentred(segment, 0, segment.length)));
    }
    return contenders;
  }

  /** As calls come. */
  private static void inChunks(float[] sound, Resampler resampler) {
    for (int at = 0; at < sound.length; at += CHUNK) {
      resampler.push(sound, at, Math.min(CHUNK, sound.length - at));
    }
  }

  private static long multiplyAdds(Model whole, float[] segment, List<String> notes) {
    if (whole.kind() == InputKind.WAVEFORM) {
      notes.add("GFLOP/s: what a waveform model computes is not counted");
      return 0;
    }
    return MultiplyAdds.of(whole, new Fbank().computeCentred(segment, 0, segment.length));
  }

  private Map<String, double[]> errorRates(Model whole, Optional<Peer> peer) {
    Map<String, double[]> rates = new LinkedHashMap<>();
    if (trials.isEmpty()) {
      return rates;
    }
    Trials read;
    try (SpeechGate.Factory gates = SpeechGates.named(SpeechGates.ENERGY)) {
      read = Trials.read(trials.get(), gates);
    }
    TrialReport ours;
    try (SpeakerEmbedder embedder = SpeakerEmbedder.openForAnyLength(whole)) {
      ours = read.evaluate(embedder, LENGTHS);
    }
    Optional<TrialReport> theirs =
        peer.map(
            other ->
                read.evaluate(
                    Peer.NAME,
                    (samples, speech) -> other.embed(samples),
                    Calibration.none(),
                    LENGTHS));
    for (Length length : LENGTHS) {
      List<Double> both = new ArrayList<>();
      both.add(100 * ours.equalErrorRate(Channel.WIDE_BAND, length));
      theirs.ifPresent(report -> both.add(100 * report.equalErrorRate(Channel.WIDE_BAND, length)));
      rates.put(length.name(), both.stream().mapToDouble(Double::doubleValue).toArray());
    }
    return rates;
  }

  private static void remove(Path folder) throws IOException {
    try (var files = Files.list(folder)) {
      for (Path file : files.toList()) {
        Files.deleteIfExists(file);
      }
    }
    Files.deleteIfExists(folder);
  }
}
