package io.turnwise.app.evaluate;

import io.turnwise.app.play.Recording;
import io.turnwise.avro.AudioChunk;
import io.turnwise.avro.SpeakerChange;
import io.turnwise.inference.model.SpeakerEmbedder;
import io.turnwise.inference.speech.SpeechGate;
import io.turnwise.topology.TurnwiseSettings;
import io.turnwise.topology.TurnwiseTopology;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.streams.TestOutputTopic;
import org.apache.kafka.streams.Topology;

/**
 * Runs a recording through the production topology, without a broker. Thread-safe: each recording
 * has a driver of its own; the model and the gate are shared.
 */
final class Replay {
  private final TurnwiseSettings settings;
  private final SpeakerEmbedder embedder;
  private final SpeechGate.Factory gates;

  /** The caller closes the embedder and the gates when all replays are over. */
  Replay(TurnwiseSettings settings, SpeakerEmbedder embedder, SpeechGate.Factory gates) {
    this.settings = settings;
    this.embedder = embedder;
    this.gates = gates;
  }

  /** What the topology makes of a recording. */
  Replayed replay(Recording recording) {
    SortedMap<Integer, SpeechTimeline> speech = new TreeMap<>();
    AtomicLong segments = new AtomicLong();
    Topology topology =
        TurnwiseTopology.build(
            settings,
            embedder,
            gates,
            OffBroker.REGISTRY,
            (call, cut) -> {
              segments.incrementAndGet();
              speech
                  .computeIfAbsent(cut.channel(), channel -> new SpeechTimeline())
                  .add(cut.segment());
            });
    List<SpeakerChange> changes = run(topology, recording);
    return new Replayed(speech, changes, segments.get());
  }

  private List<SpeakerChange> run(Topology topology, Recording recording) {
    try (OffBroker run = OffBroker.open(topology)) {
      TestOutputTopic<String, SpeakerChange> output =
          run.output(settings.speakerChanges(), SpeakerChange.class);
      RecordingEmbedder.play(recording, run.input(settings.audioChunks(), AudioChunk.class));
      return output.readValuesToList();
    }
  }
}
