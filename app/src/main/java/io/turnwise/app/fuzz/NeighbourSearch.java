package io.turnwise.app.fuzz;

import io.turnwise.avro.AudioChunk;
import io.turnwise.avro.DeadLetter;
import io.turnwise.avro.DeadLetterReason;
import io.turnwise.avro.EnrolledVoice;
import io.turnwise.avro.SpeakerEmbedding;
import io.turnwise.inference.model.Model;
import io.turnwise.serdes.AvroSerdes;
import io.turnwise.topology.Names;
import io.turnwise.topology.TurnwiseSettings;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.Topology;

/**
 * Plays one good call through a whole topology again and again, with hostile records between its
 * own, and looks whether it is heard as if it had been alone, byte for byte. Each round has its own
 * state and its own random numbers, so that it can be repeated without those before.
 *
 * <p>A defect is: an exception that ends the thread; a dead letter {@code PROCESSING_FAILED}, which
 * says that our own code threw; another byte in what is published of the neighbour; more bytes in
 * the stores than the limits allow; anything left in them when every call is over.
 */
final class NeighbourSearch {
  /** Call id of the good call. */
  static final String NEIGHBOUR = "neighbour";

  private static final Duration FORGET = Duration.ofMinutes(1);

  /** Small, so that they are reached; else as shipped. */
  private static final Map<String, String> LIMITS =
      Map.of(
          TurnwiseSettings.CHANNELS_MAX,
          "64",
          TurnwiseSettings.CALL_CHANNELS_MAX,
          "3",
          TurnwiseSettings.FORGET,
          Long.toString(FORGET.toMillis()));

  /** What one channel of one call may take: what waits, what is retained, what the tracker has. */
  private static final long MOST_CHANNEL_BYTES = (256 << 10) + 60 * 48_000 * 2 + (64 << 10);

  private final String target;
  private final Supplier<Topology> topology;
  private final Map<String, String> settings;
  private final Model model;
  private final String input;
  private final List<byte[]> good;
  private final boolean audio;
  private final List<String> outputs;
  private final List<String> stores;
  private final Serde<AudioChunk> chunks;
  private final Serde<SpeakerEmbedding> embeddings;
  private final Serde<EnrolledVoice> voices;
  private final Serde<DeadLetter> letters;
  private final List<List<byte[]>> alone;

  /** What is played, and through what. */
  record Scene(
      Supplier<Topology> topology,
      Map<String, String> settings,
      Map<String, Object> registry,
      Model model) {}

  private NeighbourSearch(
      String target,
      Scene scene,
      String input,
      List<? extends SpecificRecord> good,
      List<String> outputs,
      List<String> stores) {
    this.target = target;
    this.topology = scene.topology();
    this.settings = scene.settings();
    this.model = scene.model();
    this.input = input;
    this.outputs = outputs;
    this.stores = stores;
    audio = input.equals(Names.AUDIO_CHUNKS);
    chunks = AvroSerdes.forValue(AudioChunk.class, scene.registry());
    embeddings = AvroSerdes.forValue(SpeakerEmbedding.class, scene.registry());
    voices = AvroSerdes.forValue(EnrolledVoice.class, scene.registry());
    letters = AvroSerdes.forValue(DeadLetter.class, scene.registry());
    this.good =
        good.stream()
            .map(
                record ->
                    record instanceof AudioChunk chunk
                        ? chunks.serializer().serialize(input, chunk)
                        : embeddings.serializer().serialize(input, (SpeakerEmbedding) record))
            .toList();
    alone = alone();
  }

  /** The settings that the topologies to be searched are built with. */
  static Map<String, String> limits() {
    return LIMITS;
  }

  /** Through the topology that begins with audio. */
  static NeighbourSearch ofAudio(Scene scene, List<AudioChunk> neighbour) {
    return new NeighbourSearch(
        "calls",
        scene,
        Names.AUDIO_CHUNKS,
        neighbour,
        List.of(Names.SPEAKER_EMBEDDINGS, Names.SPEAKER_CHANGES),
        List.of(
            Names.SEGMENT_AUDIO, Names.SEGMENT_CHANNELS, Names.ORDER_CALLS, Names.TRACK_VOICES));
  }

  /** Through the topology that begins with embeddings. */
  static NeighbourSearch ofEmbeddings(Scene scene, List<SpeakerEmbedding> neighbour) {
    return new NeighbourSearch(
        "replayed-calls",
        scene,
        Names.SPEAKER_EMBEDDINGS,
        neighbour,
        List.of(Names.SPEAKER_CHANGES),
        List.of(Names.REPLAY_CALLS, Names.ORDER_CALLS, Names.TRACK_MODELS, Names.TRACK_VOICES));
  }

  /** The call's embeddings, as they are published of it alone. */
  List<SpeakerEmbedding> published() {
    return alone.get(outputs.indexOf(Names.SPEAKER_EMBEDDINGS)).stream()
        .map(bytes -> embeddings.deserializer().deserialize(Names.SPEAKER_EMBEDDINGS, bytes))
        .toList();
  }

  private List<List<byte[]>> alone() {
    try (OffBrokerRun run = new OffBrokerRun(topology.get(), settings)) {
      good.forEach(value -> run.send(input, NEIGHBOUR, value));
      run.pass(FORGET.plusSeconds(1));
      Map<String, List<byte[]>> heard = new HashMap<>();
      collect(run, heard);
      List<List<byte[]>> published = ordered(heard);
      if (published.stream().anyMatch(List::isEmpty)) {
        throw new IllegalStateException("nothing is published of the good call");
      }
      return published;
    }
  }

  private List<List<byte[]>> ordered(Map<String, List<byte[]>> heard) {
    return outputs.stream().map(topic -> heard.getOrDefault(topic, List.of())).toList();
  }

  private void collect(OffBrokerRun run, Map<String, List<byte[]>> heard) {
    byte[] key = NEIGHBOUR.getBytes(StandardCharsets.UTF_8);
    for (String topic : outputs) {
      for (KeyValue<byte[], byte[]> record : run.published(topic)) {
        if (Arrays.equals(key, record.key)) {
          heard.computeIfAbsent(topic, name -> new ArrayList<>()).add(record.value);
        } else if (topic.equals(Names.SPEAKER_EMBEDDINGS)) {
          requireFinite(record.value);
        }
      }
    }
  }

  private void requireFinite(byte[] value) {
    for (float part :
        embeddings.deserializer().deserialize(Names.SPEAKER_EMBEDDINGS, value).getVector()) {
      if (!Float.isFinite(part)) {
        throw new IllegalStateException("an embedding that is not finite was published");
      }
    }
  }

  /**
   * Plays rounds until the budget is spent.
   *
   * @param first number of the first round
   * @param between hostile records between two of the good call, on average
   */
  Findings search(long seed, long first, int between, Budget budget) {
    Findings findings = new Findings(target);
    long began = System.nanoTime();
    for (long round = first; !budget.spent(findings.cases()); round++) {
      new Round(findings, seed, round, between).play(budget);
    }
    findings.took(System.nanoTime() - began);
    findings.ends(findings.outcomes().size());
    return findings;
  }

  void close() {
    chunks.close();
    embeddings.close();
    voices.close();
    letters.close();
  }

  /** One call of the neighbour's among hostile records. */
  private final class Round {
    private final Findings findings;
    private final String name;
    private final int between;
    private final SplittableRandom random;
    private final HostileRecords hostile;
    private final Map<String, List<byte[]>> heard = new HashMap<>();
    private final List<byte[]> sent = new ArrayList<>(good);

    Round(Findings findings, long seed, long round, int between) {
      this.findings = findings;
      this.between = between;
      name = "round " + round;
      random = new SplittableRandom(seed * 1_000_003 + round);
      hostile = new HostileRecords(random, model.fingerprint(), model.dimension());
    }

    void play(Budget budget) {
      try (OffBrokerRun run = new OffBrokerRun(topology.get(), settings)) {
        try {
          for (byte[] value : good) {
            for (int i = random.nextInt(2 * between + 1); i > 0; i--) {
              if (!budget.spent(findings.cases())) {
                attack(run);
              }
            }
            run.send(input, NEIGHBOUR, value);
          }
          collect(run, heard);
          long most = 64 * MOST_CHANNEL_BYTES;
          long stored = run.storedBytes(stores);
          if (stored > most) {
            defect(stored + " bytes are stored, more than " + most);
          }
          run.pass(FORGET.plusSeconds(1));
          run.pass(FORGET.plusSeconds(1));
          collect(run, heard);
          reasons(run);
          if (run.storedBytes(stores) > 0) {
            defect(run.storedBytes(stores) + " bytes are stored when every call is over");
          }
          compare();
        } catch (RuntimeException | Error e) {
          defect(Findings.describe(e));
        }
      }
    }

    private void attack(OffBrokerRun run) {
      long from = System.nanoTime();
      String outcome = "taken";
      int kind = random.nextInt(20);
      if (kind == 0) {
        // Less than a call may rest, so that the neighbour does not.
        run.pass(Duration.ofMillis(random.nextInt(20_000 / (2 * between))));
        outcome = "time passes";
      } else if (kind == 1) {
        String speaker = hostile.speaker();
        run.send(
            Names.SPEAKER_REGISTRY,
            speaker,
            random.nextInt(8) == 0
                ? null
                : disturbed(
                    voices.serializer().serialize(Names.SPEAKER_REGISTRY, hostile.voice(speaker))));
        outcome = "registry";
      } else {
        String call = hostile.call();
        run.send(input, random.nextInt(100) == 0 ? null : hostile.key(call), value(call));
      }
      String reason = reasons(run);
      findings.count(reason.isEmpty() ? outcome : reason, System.nanoTime() - from);
    }

    private byte[] value(String call) {
      if (random.nextInt(100) == 0) {
        return null;
      }
      byte[] value =
          audio
              ? chunks.serializer().serialize(input, hostile.chunk(call))
              : embeddings.serializer().serialize(input, hostile.embedding(call));
      return disturbed(value);
    }

    /** A third of them are no record of the schema any more, or another than they were. */
    private byte[] disturbed(byte[] value) {
      return random.nextInt(3) == 0 ? Mutations.of(value, sent, random) : value;
    }

    private String reasons(OffBrokerRun run) {
      String last = "";
      for (KeyValue<byte[], byte[]> record : run.published(Names.DEAD_LETTERS)) {
        DeadLetter letter = letters.deserializer().deserialize(Names.DEAD_LETTERS, record.value);
        last = letter.getReason().name();
        if (letter.getReason() == DeadLetterReason.PROCESSING_FAILED) {
          defect("a dead letter PROCESSING_FAILED: " + letter.getDetail());
        }
      }
      return last;
    }

    private void compare() {
      List<List<byte[]>> among = ordered(heard);
      for (int topic = 0; topic < outputs.size(); topic++) {
        List<byte[]> expected = alone.get(topic);
        List<byte[]> actual = among.get(topic);
        int same = 0;
        while (same < Math.min(expected.size(), actual.size())
            && Arrays.equals(expected.get(same), actual.get(same))) {
          same++;
        }
        if (same < expected.size() || same < actual.size()) {
          defect(
              outputs.get(topic)
                  + ": of the neighbour, record "
                  + same
                  + " of "
                  + expected.size()
                  + " ("
                  + actual.size()
                  + " published) is not as it is alone");
        }
      }
    }

    private void defect(String what) {
      findings.defect(name + ": " + what, new byte[0]);
    }
  }
}
