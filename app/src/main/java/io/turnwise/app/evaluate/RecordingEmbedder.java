package io.turnwise.app.evaluate;

import io.turnwise.app.play.Chunks;
import io.turnwise.app.play.Recording;
import io.turnwise.avro.AudioChunk;
import io.turnwise.avro.SpeakerEmbedding;
import io.turnwise.inference.model.SpeakerEmbedder;
import io.turnwise.inference.speech.SpeechGate;
import io.turnwise.topology.TurnwiseSettings;
import io.turnwise.topology.TurnwiseTopology;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TestOutputTopic;
import org.apache.kafka.streams.Topology;

/**
 * Embeds recordings once, by the production topology. Thread-safe: each recording has a run of its
 * own; the model and the gate are shared.
 */
final class RecordingEmbedder {
  private final TurnwiseSettings settings;
  private final SpeakerEmbedder embedder;
  private final SpeechGate.Factory gates;

  /** The caller closes the embedder and the gates when all recordings are embedded. */
  RecordingEmbedder(TurnwiseSettings settings, SpeakerEmbedder embedder, SpeechGate.Factory gates) {
    this.settings = settings;
    this.embedder = embedder;
    this.gates = gates;
  }

  /**
   * Embeds a recording.
   *
   * @param reference who spoke when, handed on
   */
  EmbeddedRecording embed(Recording recording, List<Turn> reference) {
    SortedMap<Integer, SpeechTimeline> speech = new TreeMap<>();
    SortedMap<Integer, Instant> ends = new TreeMap<>();
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
              ends.put(cut.channel(), Instant.ofEpochMilli(cut.segment().capturedAt()));
            });
    try (OffBroker run = OffBroker.open(topology)) {
      TestOutputTopic<String, SpeakerEmbedding> output =
          run.output(settings.speakerEmbeddings(), SpeakerEmbedding.class);
      play(recording, run.input(settings.audioChunks(), AudioChunk.class));
      return new EmbeddedRecording(
          recording.callId(), output.readValuesToList(), speech, ends, segments.get(), reference);
    }
  }

  /** All channels side by side, as a live call has them. */
  static void play(Recording recording, TestInputTopic<String, AudioChunk> input) {
    PriorityQueue<Chunks> channels =
        new PriorityQueue<>(Comparator.comparingDouble(Chunks::nextCompleteAt));
    for (int channel = 0; channel < recording.audio().channels(); channel++) {
      channels.add(new Chunks(recording, channel, Instant.EPOCH));
    }
    while (!channels.isEmpty()) {
      Chunks channel = channels.remove();
      if (channel.hasNext()) {
        AudioChunk chunk = channel.next();
        input.pipeInput(chunk.getCallId(), chunk, chunk.getCapturedAt());
        channels.add(channel);
      }
    }
  }
}
