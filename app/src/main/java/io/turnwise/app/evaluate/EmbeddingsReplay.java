package io.turnwise.app.evaluate;

import io.turnwise.app.CommandFailed;
import io.turnwise.avro.DeadLetter;
import io.turnwise.avro.SpeakerChange;
import io.turnwise.avro.SpeakerEmbedding;
import io.turnwise.inference.model.VoiceSpace;
import io.turnwise.topology.TurnwiseSettings;
import io.turnwise.topology.TurnwiseTopology;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TestOutputTopic;

/**
 * Tracks embedded recordings by the production topology that begins with the embeddings. The same
 * recording and the same settings give the same events. Immutable, thread-safe.
 */
final class EmbeddingsReplay {
  /** The clock stands until all has come: any silence says the same, and a short one is cheap. */
  private static final long SILENCE_MILLIS = 1000;

  private final TurnwiseSettings settings;
  private final Map<String, VoiceSpace> spaces;

  /**
   * @param spaces the models of the embeddings, by fingerprint; not needed where the settings have
   *     a threshold
   */
  EmbeddingsReplay(TurnwiseSettings settings, Map<String, VoiceSpace> spaces) {
    this.settings =
        settings.with(
            Map.of(TurnwiseSettings.IDLE, SILENCE_MILLIS, TurnwiseSettings.FORGET, SILENCE_MILLIS));
    this.spaces = Map.copyOf(spaces);
  }

  /**
   * What the tracker makes of a recording.
   *
   * @throws CommandFailed as {@link #changes} does
   */
  Replayed replay(EmbeddedRecording recording) {
    return recording.labelled(changes(recording));
  }

  /**
   * The events of a recording, in the order of their revisions. All channels end at its end, and by
   * the embeddings' clock: at the capture of the last one of each.
   *
   * @throws CommandFailed if an embedding cannot be tracked; says why
   */
  List<SpeakerChange> changes(EmbeddedRecording recording) {
    try (OffBroker run =
        OffBroker.open(TurnwiseTopology.fromEmbeddings(settings, spaces, OffBroker.REGISTRY))) {
      TestInputTopic<String, SpeakerEmbedding> input =
          run.input(settings.speakerEmbeddings(), SpeakerEmbedding.class);
      TestOutputTopic<String, SpeakerChange> output =
          run.output(settings.speakerChanges(), SpeakerChange.class);
      TestOutputTopic<String, DeadLetter> refused =
          run.output(settings.deadLetters(), DeadLetter.class);
      for (SpeakerEmbedding embedding : recording.embeddings()) {
        input.pipeInput(embedding.getCall(), embedding, embedding.getCapturedAt());
      }
      run.pass(Duration.ofMillis(SILENCE_MILLIS), Duration.ofMillis(SILENCE_MILLIS / 4));
      if (!refused.isEmpty()) {
        throw new CommandFailed(
            recording.name() + " cannot be tracked: " + refused.readValue().getDetail());
      }
      return output.readValuesToList();
    }
  }
}
