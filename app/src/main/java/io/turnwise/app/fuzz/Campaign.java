package io.turnwise.app.fuzz;

import io.turnwise.app.Installation;
import io.turnwise.app.play.Chunks;
import io.turnwise.app.play.Recording;
import io.turnwise.avro.AudioChunk;
import io.turnwise.avro.EnrolledVoice;
import io.turnwise.avro.SpeakerEmbedding;
import io.turnwise.inference.audio.WavFile;
import io.turnwise.inference.model.Model;
import io.turnwise.inference.model.ModelCatalog;
import io.turnwise.inference.model.ProviderChoice;
import io.turnwise.inference.model.SpeakerEmbedder;
import io.turnwise.inference.speech.SpeechGate;
import io.turnwise.inference.speech.SpeechGates;
import io.turnwise.serdes.AvroSerdes;
import io.turnwise.serdes.Contract;
import io.turnwise.topology.TurnwiseSettings;
import io.turnwise.topology.TurnwiseTopology;
import io.turnwise.topology.segment.Segment;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import java.util.function.ToIntFunction;
import java.util.stream.Stream;

/** One run over targets, one after the other. */
final class Campaign {
  static final String NAMES =
      "calls, replayed-calls, audio-chunks, speaker-embeddings, speaker-registry, wav, weights,"
          + " manifest, calibration, onnx";

  private static final Map<String, Object> REGISTRY =
      Map.of("schema.registry.url", "mock://turnwise-fuzz");

  /** Chunks of the good call: 12 s of it. */
  private static final int CHUNKS = 600;

  /** Hostile records between two chunks, on average, and between two embeddings. */
  private static final int BETWEEN_CHUNKS = 4;

  private static final int BETWEEN_EMBEDDINGS = 100;

  /** Of the embeddings that records are made from. */
  private static final int DIMENSION = 16;

  private final Path installation;
  private final long seed;
  private final long round;

  /**
   * @param round first round of the searches with a neighbour
   */
  Campaign(Path installation, long seed, long round) {
    this.installation = installation;
    this.seed = seed;
    this.round = round;
  }

  /**
   * @param targets some of {@link #NAMES}
   * @param budget asked anew for each
   */
  FuzzReport run(List<String> targets, Supplier<Budget> budget) {
    // Avro makes the records' classes only once a serde has told it to trust them.
    AvroSerdes.forValue(AudioChunk.class, REGISTRY).close();
    List<MemoryPoolMXBean> heap =
        ManagementFactory.getMemoryPoolMXBeans().stream()
            .filter(pool -> pool.getType() == MemoryType.HEAP)
            .toList();
    heap.forEach(MemoryPoolMXBean::resetPeakUsage);
    List<Findings> findings = new ArrayList<>();
    for (String target : targets) {
      findings.add(
          switch (target) {
            case "calls", "replayed-calls" -> neighbour(target, budget);
            default -> guided(target, budget);
          });
    }
    return new FuzzReport(
        findings, heap.stream().mapToLong(pool -> pool.getPeakUsage().getUsed()).sum());
  }

  private Findings neighbour(String target, Supplier<Budget> budget) {
    Model model = ModelCatalog.of(installation).find(ModelCatalog.DEFAULT);
    TurnwiseSettings settings = TurnwiseSettings.of(NeighbourSearch.limits());
    try (SpeakerEmbedder embedder =
            SpeakerEmbedder.open(model, Segment.SAMPLES, ProviderChoice.CPU);
        SpeechGate.Factory gates = SpeechGates.named(settings.gate())) {
      NeighbourSearch audio =
          NeighbourSearch.ofAudio(
              new NeighbourSearch.Scene(
                  () -> TurnwiseTopology.build(settings, embedder, gates, REGISTRY),
                  withRegistry(),
                  REGISTRY,
                  model),
              neighbour());
      try {
        if (target.equals("calls")) {
          return audio.search(seed, round, BETWEEN_CHUNKS, budget.get());
        }
        NeighbourSearch replayed =
            NeighbourSearch.ofEmbeddings(
                new NeighbourSearch.Scene(
                    () ->
                        TurnwiseTopology.fromEmbeddings(
                            settings, ModelCatalog.of(installation).spaces(), REGISTRY),
                    withRegistry(),
                    REGISTRY,
                    model),
                audio.published());
        try {
          return replayed.search(seed, round, BETWEEN_EMBEDDINGS, budget.get());
        } finally {
          replayed.close();
        }
      } finally {
        audio.close();
      }
    }
  }

  private static Map<String, String> withRegistry() {
    Map<String, String> all = new HashMap<>(NeighbourSearch.limits());
    REGISTRY.forEach((key, value) -> all.put(key, value.toString()));
    return all;
  }

  private List<AudioChunk> neighbour() {
    Recording recording =
        new Recording(NeighbourSearch.NEIGHBOUR, 0, WavFile.read(Installation.sampleCall()));
    Chunks chunks = new Chunks(recording, 0, OffBrokerRun.BEGIN);
    List<AudioChunk> first = new ArrayList<>();
    while (first.size() < CHUNKS && chunks.hasNext()) {
      first.add(chunks.next());
    }
    int end = first.size() - 1;
    first.set(end, AudioChunk.newBuilder(first.get(end)).setLast(true).build());
    return first;
  }

  private Findings guided(String name, Supplier<Budget> budget) {
    Path folder = temporaryFolder();
    try (Target target = target(name, folder)) {
      return GuidedSearch.search(target, seed, budget.get());
    } finally {
      delete(folder);
    }
  }

  private Target target(String name, Path folder) {
    HostileRecords records =
        new HostileRecords(new SplittableRandom(seed), "0".repeat(64), DIMENSION);
    return switch (name) {
      case "audio-chunks" ->
          RecordTarget.of(
              Contract.AUDIO_CHUNKS,
              AudioChunk.class,
              List.of(records.chunk("a"), records.chunk("b")),
              REGISTRY);
      case "speaker-embeddings" ->
          RecordTarget.of(
              Contract.SPEAKER_EMBEDDINGS,
              SpeakerEmbedding.class,
              examples(() -> records.embedding("a"), embedding -> embedding.getVector().size()),
              REGISTRY);
      case "speaker-registry" ->
          RecordTarget.of(
              Contract.SPEAKER_REGISTRY,
              EnrolledVoice.class,
              examples(() -> records.voice("a"), voice -> voice.getVector().size()),
              REGISTRY);
      case "wav" -> FileTarget.wav(folder);
      case "weights" -> FileTarget.weights(folder);
      case "manifest" -> FileTarget.manifest(folder, file("models/manifest.json"));
      case "calibration" ->
          FileTarget.calibration(file("models/turnwise-starter.calibration.json"));
      case "onnx" -> FileTarget.onnx();
      default -> throw new IllegalArgumentException("name: " + name + " is none of " + NAMES);
    };
  }

  private static <T> List<T> examples(Supplier<T> records, ToIntFunction<T> dimension) {
    return Stream.generate(records)
        .filter(record -> dimension.applyAsInt(record) == DIMENSION)
        .limit(2)
        .toList();
  }

  private byte[] file(String name) {
    try {
      return Files.readAllBytes(installation.resolve(name));
    } catch (IOException e) {
      throw new UncheckedIOException(
          "cannot read " + installation.resolve(name) + ": run from the installation", e);
    }
  }

  private static Path temporaryFolder() {
    try {
      return Files.createTempDirectory("turnwise-fuzz");
    } catch (IOException e) {
      throw new UncheckedIOException("no temporary folder can be made: " + e.getMessage(), e);
    }
  }

  private static void delete(Path folder) {
    try {
      Files.deleteIfExists(folder);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot delete " + folder + ": " + e.getMessage(), e);
    }
  }
}
